using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>
/// What a store in a service, as the product opens it, makes of a service that fails: the real SDK and service, with a proxy
/// between that lets requests go wrong.
/// </summary>
public abstract class StorageFaultSuite
{
    /// <summary>How long a request may take that is to be given up.</summary>
    protected static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the service itself answers.</summary>
    protected abstract Uri Service { get; }

    /// <summary>Opens the store "faults", reached at that address.</summary>
    protected abstract Task<IBlobStore> OpenAsync(Uri address);

    [Theory]
    [InlineData((int)StorageFault.Refused)]
    [InlineData((int)StorageFault.AnswerLost)]
    [InlineData((int)StorageFault.Twice)]
    [InlineData((int)StorageFault.Slow)]
    [InlineData((int)StorageFault.Hangs)]
    public async Task Call_ThatGoesWrongOnce_IsDoneOnce(int fault)
    {
        string name = $"fault/{fault}";
        await using UnsteadyService service = await UnsteadyService.StartAsync(Service, Slow);
        var store = new RetryingBlobStore(await OpenAsync(service.Address), TimeProvider.System);

        service.Next((StorageFault)fault);
        string made = await store.PutAsync(name, new byte[] { 1 }, BlobCondition.Absent);
        service.Next((StorageFault)fault);
        string changed = await store.PutAsync(name, new byte[] { 2 }, BlobCondition.Matches(made));
        service.Next((StorageFault)fault);
        Blob? got = await store.GetAsync(name);
        service.Next((StorageFault)fault);
        List<string> listed = [];
        await foreach (string one in store.ListAsync(name)) listed.Add(one);
        // Whoever has the old ETag is still refused.
        _ = await Assert.ThrowsAsync<BlobConflictException>(() => store.PutAsync(name, new byte[] { 3 }, BlobCondition.Matches(made)));
        service.Next((StorageFault)fault, "DELETE");
        bool deleted = await store.DeleteAsync(name);

        Assert.Equal((changed, 2), (got!.ETag, got.Content.Span[0]));
        Assert.Equal([name], listed);
        // The second of two deletions, which is the one that is answered, finds nothing.
        Assert.True(deleted || fault == (int)StorageFault.Twice);
        Assert.Null(await store.GetAsync(name));
        Assert.Equal(5, service.Faults);
    }

    [Fact]
    public async Task Service_ThatRefusesAll_IsToldAsStorageThatFails()
    {
        await using UnsteadyService service = await UnsteadyService.StartAsync(Service, Slow);
        IBlobStore store = await OpenAsync(service.Address);

        service.Always(StorageFault.Refused);

        _ = await Assert.ThrowsAsync<IOException>(() => store.PutAsync("a", new byte[] { 1 }));
        _ = await Assert.ThrowsAsync<IOException>(() => store.GetAsync("a"));
        _ = await Assert.ThrowsAsync<IOException>(() => store.GetAsync("a", new BlobRange(0, 0)));
        _ = await Assert.ThrowsAsync<IOException>(() => store.DeleteAsync("a"));
        _ = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (string one in store.ListAsync("a")) Assert.Fail(one);
        });
        IOException refused = await Assert.ThrowsAsync<IOException>(() => OpenAsync(service.Address));
        Assert.Matches("^faults: the storage service says (HTTP 503|ServiceUnavailable)$", refused.Message);
    }

    [Fact]
    public async Task Open_WhileTheServiceIsOutOfReachForAMoment_Waits()
    {
        await using UnsteadyService service = await UnsteadyService.StartAsync(Service, Slow);
        service.Always(StorageFault.Refused);

        Task<IBlobStore> opening = OpenAsync(service.Address);
        while (service.Faults == 0) await Task.Delay(10);
        service.Always(StorageFault.None);

        Assert.Null(await (await opening).GetAsync("not-there"));
    }

    [Fact]
    public async Task Call_ThatItsCallerGivesUp_IsCancelled()
    {
        await using UnsteadyService service = await UnsteadyService.StartAsync(Service, Slow);
        IBlobStore store = await OpenAsync(service.Address);
        service.Always(StorageFault.Hangs);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync("a", cancellationToken: limit.Token));
    }

    [Fact]
    public async Task Put_ThatItsCallerGivesUp_IsCancelledAndLeavesNothing()
    {
        await using UnsteadyService service = await UnsteadyService.StartAsync(Service, Slow);
        IBlobStore store = await OpenAsync(service.Address);
        service.Always(StorageFault.Hangs);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.PutAsync("given-up", new byte[8 << 20], cancellationToken: limit.Token));

        service.Always(StorageFault.None);
        Assert.Null(await store.GetAsync("given-up"));
    }
}
