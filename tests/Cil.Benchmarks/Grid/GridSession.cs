using Cil.Client.Jobs;
using Cil.Grains.Jobs;
using Cil.Interfaces.Jobs;
using Cil.Silo.Hosting;

namespace Cil.Benchmarks.Grid;

/// <summary>A grid with one device embedded in this process, and its own data folder.</summary>
internal sealed class GridSession : IAsyncDisposable
{
    private readonly CilHost host;
    private readonly string data;

    private GridSession(CilHost host, string data) => (this.host, this.data) = (host, data);

    internal static async Task<GridSession> StartAsync(string modelFolder, PlannerOptions planning)
    {
        string data = Directory.CreateTempSubdirectory("cil-grid-").FullName;
        return new GridSession(
            await CilHost.StartEmbeddedAsync(new EmbeddedOptions { DataFolder = data, ModelFolders = [modelFolder], Planning = planning }), data);
    }

    /// <summary>Submits, watches to the end as the program does, and downloads.</summary>
    /// <returns>The video file's bytes.</returns>
    internal async Task<byte[]> RenderAsync(string model, byte[] picture, string prompt, ulong seed)
    {
        var request = new RenderRequest { Model = model, Prompt = prompt, ImageBlob = "", Seed = seed, AnalyticInit = "off" };
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
