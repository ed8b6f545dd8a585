using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Silo.Hosting;
using Cil.Silo.Options;

namespace Cil.Benchmarks.Grid;

/// <summary>A grid embedded in this process, and its own data folder.</summary>
internal sealed class GridSession : IAsyncDisposable
{
    private readonly CilHost host;
    private readonly BenchmarkModel model;
    private readonly string data;

    private GridSession(CilHost host, BenchmarkModel model, string data) => (this.host, this.model, this.data) = (host, model, data);

    internal static async Task<GridSession> StartAsync(BenchmarkModel model, PlannerOptions planning, int devices = 1)
    {
        string data = Directory.CreateTempSubdirectory("cil-grid-").FullName;
        return new GridSession(
            await CilHost.StartEmbeddedAsync(new EmbeddedOptions
            {
                DataFolder = data, ModelFolders = [model.Folder], Planning = planning, Devices = devices,
            }), model, data);
    }

    /// <summary>Submits, watches to the end as the program does, and downloads.</summary>
    /// <returns>The video file's bytes.</returns>
    internal async Task<byte[]> RenderAsync(byte[] picture, string prompt, ulong seed)
    {
        var request = new RenderRequest
        {
            Model = model.Manifest.Name, Steps = model.Steps, Prompt = prompt, ImageBlob = "", Seed = seed, AnalyticInit = "off",
        };
        JobSnapshot snapshot = await host.Client.SubmitAsync(request, picture);
        await foreach (JobSnapshot next in host.Client.WatchAsync(snapshot.Id)) snapshot = next;
        return snapshot.State == JobState.Completed
            ? await host.Client.DownloadAsync(snapshot.VideoBlob!)
            : throw new InvalidOperationException($"the render ended as {snapshot.State}: {snapshot.Error?.Message}");
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }
}
