using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>What a store in Azure, as the product opens it, makes of a service that fails. The real SDK over Azurite, behind a proxy that lets requests go wrong.</summary>
public sealed class AzureFaultTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(200), Timeout = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData((int)StorageFault.Refused)]
    [InlineData((int)StorageFault.AnswerLost)]
    [InlineData((int)StorageFault.Twice)]
    [InlineData((int)StorageFault.Slow)]
    [InlineData((int)StorageFault.Hangs)]
    public async Task Call_ThatGoesWrongOnce_IsDoneOnce(int fault)
    {
        string name = $"fault/{fault}";
        await using var service = await UnsteadyService.StartAsync(azurite, Slow);
        var store = new RetryingBlobStore(await AzureBlobStore.OpenAsync(azurite.Through(service.Address), "faults", Timeout), TimeProvider.System);

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
        service.Next((StorageFault)fault);
        _ = await store.DeleteAsync(name);

        Assert.Equal((changed, 2), (got!.ETag, got.Content.Span[0]));
        Assert.Equal([name], listed);
        Assert.Null(await store.GetAsync(name));
        Assert.Equal(5, service.Faults);
    }

    [Fact]
    public async Task Service_ThatRefusesAll_IsToldAsStorageThatFails()
    {
        await using var service = await UnsteadyService.StartAsync(azurite, Slow);
        AzureBlobStore store = await AzureBlobStore.OpenAsync(azurite.Through(service.Address), "faults", Timeout);

        service.Always(StorageFault.Refused);

        _ = await Assert.ThrowsAsync<IOException>(() => store.PutAsync("a", new byte[] { 1 }));
        _ = await Assert.ThrowsAsync<IOException>(() => store.GetAsync("a"));
        _ = await Assert.ThrowsAsync<IOException>(() => store.GetAsync("a", new BlobRange(0, 0)));
        _ = await Assert.ThrowsAsync<IOException>(() => store.DeleteAsync("a"));
        _ = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (string one in store.ListAsync("a")) Assert.Fail(one);
        });
        IOException refused = await Assert.ThrowsAsync<IOException>(() => AzureBlobStore.OpenAsync(azurite.Through(service.Address), "faults", Timeout));
        Assert.Equal("faults: the storage service says HTTP 503", refused.Message);
    }

    [Fact]
    public async Task Open_WhileTheServiceIsOutOfReachForAMoment_Waits()
    {
        await using var service = await UnsteadyService.StartAsync(azurite, Slow);
        service.Always(StorageFault.Refused);

        Task<AzureBlobStore> opening = AzureBlobStore.OpenAsync(azurite.Through(service.Address), "faults", Timeout);
        while (service.Faults == 0) await Task.Delay(10);
        service.Always(StorageFault.None);

        Assert.Null(await (await opening).GetAsync("not-there"));
    }

    [Fact]
    public async Task Call_ThatItsCallerGivesUp_IsCancelled()
    {
        await using var service = await UnsteadyService.StartAsync(azurite, Slow);
        AzureBlobStore store = await AzureBlobStore.OpenAsync(azurite.Through(service.Address), "faults", Timeout);
        service.Always(StorageFault.Hangs);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync("a", cancellationToken: limit.Token));
    }
}
