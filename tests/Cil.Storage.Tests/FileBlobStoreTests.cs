
namespace Cil.Storage.Tests;

public sealed class FileBlobStoreTests : BlobStoreSuite, IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("cil-blobs-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task PutIfAbsent_ThroughTwoStoresOfOneFolder_OneWins()
    {
        IBlobStore[] stores = [new FileBlobStore(root), new FileBlobStore(root)];

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                await stores[i % 2].PutAsync("state/one.json", new byte[] { (byte)i }, BlobCondition.Absent);
                return true;
            }
            catch (BlobConflictException)
            {
                return false;
            }
        })));

        Assert.Single(won, true);
    }

    [Fact]
    public async Task Put_ThatIsRefused_LeavesNothingBehind()
    {
        var store = new FileBlobStore(root);
        await store.PutAsync("a", new byte[1]);

        await Assert.ThrowsAsync<BlobConflictException>(() => store.PutAsync("a", new byte[100], BlobCondition.Absent));

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(root, ".staging")));
    }

    [Theory]
    [InlineData(".staging/x")]
    [InlineData("jobs/.hidden")]
    public async Task Put_UnderAHiddenName_IsRefused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => new FileBlobStore(root).PutAsync(name, new byte[1]));

    protected override Task<IBlobStore> OpenAsync() => Task.FromResult<IBlobStore>(new FileBlobStore(root));
}
