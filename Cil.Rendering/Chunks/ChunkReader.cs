using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Blobs;
using Cil.Grains.Jobs;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Rendering.Devices;
using Cil.Rendering.Models;
using Cil.Storage;

namespace Cil.Rendering.Chunks;

/// <summary>Reads from storage what a chunk begins with.</summary>
internal sealed class ChunkReader(IBlobStore blobs, ModelCatalog catalog)
{
    /// <summary>
    /// The job's image, or the frame that the window goes on from, as it was decoded: a second encoding would change it.
    /// </summary>
    /// <returns>RGB24 of the video's size.</returns>
    internal async Task<byte[]> ImageAsync(RenderPlan plan, ChunkSources sources, CancellationToken cancellationToken)
    {
        if (sources.Frames is not { } frames)
        {
            return await ImageDecoder.DecodeAsync(
                await RequireAsync(plan.ImageBlob, cancellationToken), plan.Width, plan.Height,
                ModelFolder.Read(catalog.Folder(plan.Model)).ImageFit, cancellationToken);
        }

        int frameBytes = plan.Width * plan.Height * 3;
        Blob content = await blobs.GetAsync(frames, cancellationToken: cancellationToken) ?? throw new CorruptBlobException(frames);
        if (content.Content.Length < frameBytes) throw new CorruptBlobException(frames);
        return content.Content[^frameBytes..].ToArray();
    }

    /// <param name="thread">The device's: tensors are made on it.</param>
    internal async Task<LatentStatistics?> StatisticsAsync(RenderPlan plan, DeviceThread thread, CancellationToken cancellationToken)
    {
        if (plan.Statistics is not { } source) return null;
        string folder = catalog.Folder(plan.Model);
        ModelManifest manifest = ModelFolder.Read(folder);
        if (source == RenderPlanner.ModelStatistics)
        {
            return await thread.RunAsync(
                () => LatentStatistics.Read(Path.Combine(folder, manifest.StatisticsFile!), manifest.LatentChannels));
        }

        byte[] content = (await RequireAsync(source, cancellationToken)).ToArray();
        return await thread.RunAsync(() => LatentStatistics.FromBytes("statistics", content, manifest.LatentChannels));
    }

    /// <summary>What another chunk made.</summary>
    /// <exception cref="CorruptBlobException">It is not there, or not whole.</exception>
    internal async Task<byte[]> OutputAsync(string blob, CancellationToken cancellationToken)
    {
        byte[] content = (await blobs.GetAsync(blob, cancellationToken: cancellationToken)
            ?? throw new CorruptBlobException(blob)).Content.ToArray();
        Checkpoint.Verify(blob, content);
        return content;
    }

    // What was uploaded, and not what has become of it.
    private async Task<ReadOnlyMemory<byte>> RequireAsync(string blob, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> content =
            (await blobs.GetAsync(blob, cancellationToken: cancellationToken)
                ?? throw new LostInputException($"{blob}: not in storage")).Content;
        return InputNames.IsWhole(blob, content.Span)
            ? content
            : throw new LostInputException($"{blob}: damaged in storage; it is not what was uploaded");
    }
}
