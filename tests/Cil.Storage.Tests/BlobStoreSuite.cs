using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Cil.Storage.Tests;

/// <summary>What every store must do. Each test has names of its own, so that the stores can be shared.</summary>
public abstract class BlobStoreSuite
{
    private readonly string folder = $"suite/{Guid.NewGuid():N}";

    protected abstract Task<IBlobStore> OpenAsync();

    /// <summary>Whether the ETag is a hash of the content, as it is in S3; else every put gives another.</summary>
    protected virtual bool SameBytesKeepTheETag => false;

    [Fact]
    public async Task Get_AfterPut_GivesTheBytesAndTheETag()
    {
        IBlobStore store = await OpenAsync();
        string etag = await store.PutAsync(Name("a"), Bytes("hello"));

        Blob? blob = await store.GetAsync(Name("a"));

        Assert.Equal("hello", Text(blob));
        Assert.Equal(etag, blob!.ETag);
        Assert.Equal(5, blob.Length);
    }

    [Fact]
    public async Task Get_OfNothing_IsNull()
    {
        IBlobStore store = await OpenAsync();

        Assert.Null(await store.GetAsync(Name("none")));
        Assert.Null(await store.GetAsync(Name("none"), new BlobRange(0, 0)));
        Assert.Null(await store.GetAsync(Name("none"), new BlobRange(4, 2)));
    }

    [Theory]
    [InlineData(0, 4, "0123")]
    [InlineData(3, 4, "3456")]
    [InlineData(8, 100, "89")]
    [InlineData(10, 5, "")]
    [InlineData(50, 5, "")]
    [InlineData(2, 0, "")]
    public async Task Get_OfARange_GivesWhatIsThereOfIt(long offset, long count, string expected)
    {
        IBlobStore store = await OpenAsync();
        await store.PutAsync(Name("digits"), Bytes("0123456789"));

        Blob? blob = await store.GetAsync(Name("digits"), new BlobRange(offset, count));

        Assert.Equal(expected, Text(blob));
        Assert.Equal(10, blob!.Length);
    }

    [Fact]
    public async Task Put_OfNoBytes_IsABlob()
    {
        IBlobStore store = await OpenAsync();
        await store.PutAsync(Name("empty"), ReadOnlyMemory<byte>.Empty);

        Blob? blob = await store.GetAsync(Name("empty"));

        Assert.Equal(0, blob!.Length);
    }

    [Fact]
    public async Task Put_OfOtherBytes_ChangesTheETag()
    {
        IBlobStore store = await OpenAsync();
        string first = await store.PutAsync(Name("other"), Bytes("x"));
        string second = await store.PutAsync(Name("other"), Bytes("y"));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Put_OfTheSameBytes_ChangesTheETagUnlessThatIsTheirHash()
    {
        IBlobStore store = await OpenAsync();
        string first = await store.PutAsync(Name("same"), Bytes("x"));
        string second = await store.PutAsync(Name("same"), Bytes("x"));

        Assert.Equal(SameBytesKeepTheETag, first == second);
    }

    [Fact]
    public async Task PutStream_FromItsPlace_StoresTheRest()
    {
        const int Skipped = 3;
        IBlobStore store = await OpenAsync();
        // Of several pieces.
        byte[] bytes = new byte[(9 << 20) + 1];
        new Random(5).NextBytes(bytes);
        using var content = new MemoryStream(bytes) { Position = Skipped };

        string etag = await store.PutStreamAsync(Name("streamed"), content);

        Blob? blob = await store.GetAsync(Name("streamed"));
        Assert.Equal(etag, blob!.ETag);
        Assert.True(blob.Content.Span.SequenceEqual(bytes.AsSpan(Skipped)));
    }

    [Fact]
    public async Task PutIfAbsent_OverABlob_ConflictsAndKeepsIt()
    {
        IBlobStore store = await OpenAsync();
        await store.PutAsync(Name("once"), Bytes("first"), BlobCondition.Absent);

        await Assert.ThrowsAsync<BlobConflictException>(() => store.PutAsync(Name("once"), Bytes("second"), BlobCondition.Absent));

        Assert.Equal("first", Text(await store.GetAsync(Name("once"))));
    }

    [Fact]
    public async Task PutIfMatch_WithAnOldETag_ConflictsAndKeepsTheBlob()
    {
        IBlobStore store = await OpenAsync();
        string old = await store.PutAsync(Name("versioned"), Bytes("one"));
        string current = await store.PutAsync(Name("versioned"), Bytes("two"), BlobCondition.Matches(old));

        await Assert.ThrowsAsync<BlobConflictException>(
            () => store.PutAsync(Name("versioned"), Bytes("three"), BlobCondition.Matches(old)));

        Blob? blob = await store.GetAsync(Name("versioned"));
        Assert.Equal("two", Text(blob));
        Assert.Equal(current, blob!.ETag);
    }

    [Fact]
    public async Task PutIfMatch_WhereNothingIs_Conflicts()
    {
        IBlobStore store = await OpenAsync();
        string etag = await store.PutAsync(Name("gone"), Bytes("x"));
        await store.DeleteAsync(Name("gone"));

        await Assert.ThrowsAsync<BlobConflictException>(() => store.PutAsync(Name("gone"), Bytes("y"), BlobCondition.Matches(etag)));

        Assert.Null(await store.GetAsync(Name("gone")));
    }

    [Fact]
    public async Task PutIfMatch_ByManyAtOnce_OneWins()
    {
        IBlobStore store = await OpenAsync();
        string etag = await store.PutAsync(Name("raced"), Bytes("start"));

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                await store.PutAsync(Name("raced"), Bytes($"writer {i}"), BlobCondition.Matches(etag));
                return true;
            }
            catch (BlobConflictException)
            {
                return false;
            }
        })));

        Assert.Single(won, true);
        Assert.Equal($"writer {Array.IndexOf(won, true)}", Text(await store.GetAsync(Name("raced"))));
    }

    [Fact]
    public async Task Get_WhileABlobIsReplaced_SeesOneVersionWhole()
    {
        IBlobStore store = await OpenAsync();
        byte[][] versions = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Repeat((byte)i, 50_000 + i).ToArray())];
        await store.PutAsync(Name("replaced"), versions[0]);

        Task writer = Task.Run(async () =>
        {
            for (int i = 1; i < 40; i++) await store.PutAsync(Name("replaced"), versions[i % 4]);
        });
        int read = 0;
        do
        {
            Blob? blob = await store.GetAsync(Name("replaced"));
            Assert.Equal(versions[blob!.Content.Span[0]], blob.Content.ToArray());
            read++;
        }
        while (!writer.IsCompleted);

        await writer;
        Assert.True(read > 0);
    }

    [Fact]
    public async Task List_GivesTheNamesThatBeginSo_InOrder()
    {
        IBlobStore store = await OpenAsync();
        foreach (string name in new[] { "jobs/b/2", "jobs/b/10", "jobs/a/1", "other/x" }) await store.PutAsync(Name(name), Bytes(name));

        Assert.Equal(new[] { Name("jobs/a/1"), Name("jobs/b/10"), Name("jobs/b/2") }, await ListAsync(store, Name("jobs/")));
        Assert.Equal(new[] { Name("jobs/b/10") }, await ListAsync(store, Name("jobs/b/1")));
        Assert.Empty(await ListAsync(store, Name("nothing/")));
    }

    [Fact]
    public async Task Delete_SaysWhetherThereWasOne()
    {
        IBlobStore store = await OpenAsync();
        await store.PutAsync(Name("doomed"), Bytes("x"));

        Assert.True(await store.DeleteAsync(Name("doomed")));
        Assert.False(await store.DeleteAsync(Name("doomed")));
        Assert.Null(await store.GetAsync(Name("doomed")));
        Assert.Empty(await ListAsync(store, folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/absolute")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    public async Task Put_UnderWhatIsNoName_IsRefused(string name)
    {
        IBlobStore store = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(name, Bytes("x")));
        await Assert.ThrowsAsync<ArgumentException>(() => store.GetAsync(name));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(name));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Text(Blob? blob) => blob is null ? null : Encoding.UTF8.GetString(blob.Content.Span);

    private static async Task<List<string>> ListAsync(IBlobStore store, string prefix)
    {
        var names = new List<string>();
        await foreach (string name in store.ListAsync(prefix)) names.Add(name);
        return names;
    }

    [Fact]
    public async Task Claim_OfAStoreThatAnotherOwnerRenews_IsRefusedAndNamesBoth()
    {
        IBlobStore store = await OpenAsync();
        var clock = new FakeTimeProvider();
        StoreClaim first = await StoreClaim.TakeAsync(store, "cluster a", clock, Name("owner")),
            shared = await StoreClaim.TakeAsync(store, "cluster a", clock, Name("owner"));
        Task<StoreClaim> second = StoreClaim.TakeAsync(store, "cluster b", clock, Name("owner"));

        while (!second.IsCompleted)
        {
            Assert.Null(await first.RenewAsync());
            Assert.Null(await shared.RenewAsync());
            clock.Advance(StoreClaim.Renewal);
        }

        StoreClaimedException refused = await Assert.ThrowsAsync<StoreClaimedException>(() => second);
        Assert.Equal("cluster a", refused.Owner);
        Assert.Contains("'cluster b'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_OfAStoreThatNobodyRenewsAnyMore_IsTakenAndTheFirstOwnerIsTold()
    {
        IBlobStore store = await OpenAsync();
        var clock = new FakeTimeProvider();
        StoreClaim first = await StoreClaim.TakeAsync(store, "a", clock, Name("left"));
        Task<StoreClaim> taking = StoreClaim.TakeAsync(store, "b", clock, Name("left"));
        DateTimeOffset begun = clock.GetUtcNow();

        while (!taking.IsCompleted)
        {
            clock.Advance(StoreClaim.Renewal);
            await Task.Yield();
        }

        Assert.Null(await (await taking).RenewAsync());
        Assert.True(clock.GetUtcNow() - begun >= 6 * StoreClaim.Renewal);
        Assert.Equal("b", await first.RenewAsync());
    }

    [Fact]
    public async Task Claim_ThatIsReleased_IsTakenAtOnce()
    {
        IBlobStore store = await OpenAsync();
        var clock = new FakeTimeProvider();
        StoreClaim first = await StoreClaim.TakeAsync(store, "a", clock, Name("released"));

        await first.ReleaseAsync();
        StoreClaim second = await StoreClaim.TakeAsync(store, "b", clock, Name("released"));

        Assert.Null(await second.RenewAsync());
        Assert.Equal("b", await first.RenewAsync());
    }

    [Fact]
    public async Task Claim_OfManyAtOnce_IsOneOwners()
    {
        IBlobStore store = await OpenAsync();
        var clock = new FakeTimeProvider();

        Task<StoreClaim>[] takers =
            [.. Enumerable.Range(0, 8).Select(owner => StoreClaim.TakeAsync(store, $"{owner}", clock, Name("raced")))];
        StoreClaim won = await await Task.WhenAny(takers);
        while (!takers.All(taker => taker.IsCompleted))
        {
            Assert.Null(await won.RenewAsync());
            clock.Advance(StoreClaim.Renewal);
        }

        _ = Assert.Single(takers, taker => taker.IsCompletedSuccessfully);
        Assert.Equal(7, takers.Count(taker => taker.Exception?.InnerException is StoreClaimedException));
    }

    private string Name(string name) => $"{folder}/{name}";
}
