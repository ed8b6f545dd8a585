using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Interfaces.Chunks;

namespace Cil.Rendering.Chunks;

/// <summary>What a chunk goes on from, by what it is.</summary>
internal sealed class ChunkSources
{
    internal ChunkSources(ChunkLease.Render lease)
    {
        IReadOnlyList<Chunk> sources = lease.Sources ?? RenderPlanner.Sources(lease.Plan, lease.Chunk);
        if (sources.Count != lease.SourceBlobs.Count)
        {
            throw new ArgumentException(
                $"chunk {lease.Chunk.Index}: goes on from {sources.Count} chunks, got {lease.SourceBlobs.Count} blobs", nameof(lease));
        }

        var predictions = new List<(Chunk, string)>();
        foreach ((Chunk source, string blob) in sources.Zip(lease.SourceBlobs))
        {
            switch (source.Kind)
            {
                case ChunkKind.Denoise: Latents = blob; break;
                case ChunkKind.Predict: predictions.Add((source, blob)); break;
                default: Frames = blob; break;
            }
        }

        Predictions = predictions;
        if (lease.Chunk.Kind != ChunkKind.Decode) Conditioned = WindowPlanner.ConditioningWindow(lease.Plan, lease.Chunk.Window);
        Leaves = lease.Chunk.Kind == ChunkKind.Denoise ? lease.OutputBlob : Latents;
    }

    /// <summary>
    /// The window whose picture the network is conditioned on: windows that overlap share the first one's. Null where no network is
    /// asked.
    /// </summary>
    internal int? Conditioned { get; }

    /// <summary>Frames whose last one is the picture; null where it is the job's.</summary>
    internal string? Frames { get; }

    /// <summary>Latents to go on from, or to decode.</summary>
    internal string? Latents { get; }

    /// <summary>Predictions of the step before, to be joined.</summary>
    internal IReadOnlyList<(Chunk Chunk, string Blob)> Predictions { get; }

    /// <summary>The blob whose latents are on the device when the chunk is done; null where it leaves them as they were.</summary>
    internal string? Leaves { get; }
}
