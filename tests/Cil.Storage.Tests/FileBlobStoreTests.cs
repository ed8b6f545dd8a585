
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
    public async Task Mark_WhileItIsBeingDeleted_IsPutEachTime()
    {
        var store = new FileBlobStore(root);
        using var stop = new CancellationTokenSource();
        Task deleting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) _ = await store.DeleteAsync("unfinished/one");
        });

        for (int i = 0; i < 5000; i++) Assert.NotEmpty(await store.PutAsync("unfinished/one", ReadOnlyMemory<byte>.Empty));

        await stop.CancelAsync();
        await deleting;
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

    [Fact]
    public async Task List_OfAFolderWithForeignFiles_LeavesThemOut()
    {
        var store = new FileBlobStore(root);
        await store.PutAsync("unfinished/one", ReadOnlyMemory<byte>.Empty);
        foreach (string file in new[] { ".nfs0001", "a b", "é" }) await File.WriteAllTextAsync(Path.Combine(root, "unfinished", file), "x");

        var names = new List<string>();
        await foreach (string name in store.ListAsync("unfinished/")) names.Add(name);

        Assert.Equal(["unfinished/one"], names);
    }

    [Fact]
    public async Task Start_AfterAProcessThatWasKilled_SweepsWhatItLeftAndNotWhatIsWritten()
    {
        string staging = Directory.CreateDirectory(Path.Combine(root, ".staging")).FullName;
        string old = Path.Combine(staging, "old"), current = Path.Combine(staging, "current");
        foreach (string file in new[] { old, current }) await File.WriteAllTextAsync(file, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        _ = new FileBlobStore(root);

        Assert.Equal((false, true), (File.Exists(old), File.Exists(current)));
    }

    [Fact]
    public async Task FilesAndFolders_AreForTheirOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        string folder = Path.Combine(root, "data");
        var store = new FileBlobStore(folder);
        await store.PutAsync("jobs/a/input", new byte[] { 1 });
        await store.PutAsync("unfinished/a", ReadOnlyMemory<byte>.Empty);

        await store.PutAsync("state/a", new byte[] { 1 }, BlobCondition.Absent);

        Assert.All(
            Directory.GetDirectories(folder, "*", SearchOption.AllDirectories).Append(folder), path => Assert.Equal("700", Rights(path)));
        Assert.All(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), path => Assert.Equal("600", Rights(path)));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, ".locks")));

        static string Rights(string path) => OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path), 8);
    }

    [Fact]
    public async Task Delete_OfTheLastBlobOfAFolder_RemovesTheFolderWhileOthersPutIntoIt()
    {
        var store = new FileBlobStore(root);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                string name = $"jobs/shared/work/{writer}";
                await store.PutAsync(name, i % 2 == 0 ? new byte[] { 1 } : ReadOnlyMemory<byte>.Empty);
                Assert.True(await store.DeleteAsync(name));
            }
        })));

        Assert.False(Directory.Exists(Path.Combine(root, "jobs", "shared")));
    }

    protected override Task<IBlobStore> OpenAsync() => Task.FromResult<IBlobStore>(new FileBlobStore(root));
}
