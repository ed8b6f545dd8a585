using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>Whatever a store must do, retrying over one that fails all the time.</summary>
public sealed class RetryingBlobStoreTests : BlobStoreSuite, IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("cil-retrying-").FullName;
    private readonly UnsteadyBlobStore unsteady;

    public RetryingBlobStoreTests() => unsteady = new UnsteadyBlobStore(new FileBlobStore(root), seed: 7);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task PutIfAbsent_WhoseAnswerIsLost_FindsItsOwnHand()
    {
        IBlobStore store = await OpenAsync();
        for (int number = 0; number < 20; number++)
        {
            string etag = await store.PutAsync($"own/{number}", new byte[] { (byte)number }, BlobCondition.Absent);

            Assert.Equal(etag, (await store.GetAsync($"own/{number}"))!.ETag);
        }

        Assert.InRange(unsteady.Faults, 10, int.MaxValue);
    }

    [Fact]
    public async Task PutIfAbsent_OverAnothersContent_IsAConflictHoweverOftenItFails()
    {
        IBlobStore store = await OpenAsync();
        for (int number = 0; number < 20; number++)
        {
            _ = await store.PutAsync($"others/{number}", new byte[] { 1 });

            await Assert.ThrowsAsync<BlobConflictException>(
                () => store.PutAsync($"others/{number}", new byte[] { 2 }, BlobCondition.Absent));
        }
    }

    [Fact]
    public async Task Get_FromAStoreThatStaysAway_FailsInTheEnd() =>
        await Assert.ThrowsAsync<IOException>(() => new RetryingBlobStore(new AbsentBlobStore(), TimeProvider.System).GetAsync("a"));

    protected override Task<IBlobStore> OpenAsync() =>
        Task.FromResult<IBlobStore>(new RetryingBlobStore(unsteady, TimeProvider.System, UnsteadyBlobStore.Pauses));
}
