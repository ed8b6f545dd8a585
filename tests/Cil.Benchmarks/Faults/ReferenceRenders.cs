using Cil.Benchmarks.Grid;
using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Silo.Hosting;
using Cil.Silo.Options;

namespace Cil.Benchmarks.Faults;

/// <summary>Videos of an embedded grid that nothing disturbs.</summary>
internal static class ReferenceRenders
{
    internal static async Task<byte[][]> MakeAsync(BenchmarkModel model, string folder, RenderRequest[] requests, byte[] picture)
    {
        await using CilHost grid = await CilHost.StartEmbeddedAsync(new EmbeddedOptions
        {
            DataFolder = Path.Combine(folder, "reference"), ModelFolders = [model.Folder], Planning = new PlannerOptions { Threads = 1 },
        });
        var videos = new List<byte[]>();
        foreach (RenderRequest request in requests)
        {
            JobSnapshot end = await grid.Client.SubmitAsync(request, picture);
            await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(end.Id)) end = snapshot;
            videos.Add(
                await grid.Client.DownloadAsync(
                    end.VideoBlob
                        ?? throw new InvalidOperationException($"the reference render ended as {end.State}: {end.Error?.Message}")));
        }

        return [.. videos];
    }
}
