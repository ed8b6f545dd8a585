using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Cil.TestKit.Models;
using Cil.TestKit.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Silo.Tests.Hosting;

/// <summary>A whole grid over storage that fails all the time, before it has done what it was asked and after.</summary>
public sealed class UnsteadyStorageTests : IDisposable
{
    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-unsteady-").FullName;

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Jobs_OverStorageThatFails_AllEndInTheSameBytes(int seed)
    {
        byte[] steady = Assert.Single(await RenderAsync("steady", jobs: 1, unsteady: null));
        var storage = new UnsteadyBlobStore(new FileBlobStore(Path.Combine(folder, "unsteady")), seed);

        List<byte[]> videos = await RenderAsync("unsteady", jobs: 3, storage);

        Assert.All(videos, video => Assert.Equal(steady, video));
        Assert.InRange(storage.Faults, 10, int.MaxValue);
    }

    private async Task<List<byte[]>> RenderAsync(string name, int jobs, UnsteadyBlobStore? unsteady)
    {
        await using CilHost grid = await CilHost.StartEmbeddedAsync(new EmbeddedOptions
        {
            DataFolder = Path.Combine(folder, name),
            ModelFolders = [model.Folder],
            Devices = 2,
            Planning = new PlannerOptions { StepsPerChunk = 2, Threads = 1 },
            Leasing = new LeaseOptions
            {
                Check = TimeSpan.FromMilliseconds(200), Keep = TimeSpan.FromSeconds(1), Ask = TimeSpan.FromSeconds(1),
            },
            Configure = services =>
            {
                if (unsteady is not null)
                    services.AddSingleton<IBlobStore>(new RetryingBlobStore(unsteady, TimeProvider.System, UnsteadyBlobStore.Pauses));
            },
        });
        var videos = new List<byte[]>();
        RenderJobId[] ids = [.. Enumerable.Range(0, jobs).Select(number => new RenderJobId($"job{number}"))];
        foreach (RenderJobId id in ids)
            _ = await AgainAsync(() => grid.Client.SubmitAsync(Request, PngWriter.Write(new byte[40 * 36 * 3], 40, 36), id));
        foreach (RenderJobId id in ids)
        {
            JobSnapshot? end = null;
            await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(id)) end = snapshot;
            Assert.True(end!.State == JobState.Completed, $"{id}: {end.Error}");
            videos.Add(await AgainAsync(() => grid.Client.DownloadAsync(end.VideoBlob!)));
        }

        return videos;
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 8, Seed = 5 };

    // What a client does whose call fails: the same id again is the same job.
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception) when (attempt < 20)
            {
                await Task.Yield();
            }
        }
    }
}
