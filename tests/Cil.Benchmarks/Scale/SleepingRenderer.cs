using System.Diagnostics;
using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;
using Cil.Storage;

namespace Cil.Benchmarks.Scale;

/// <summary>
/// A device that sleeps instead of computing: one chunk after the other, each made ready while the one before is at its last
/// part.
/// </summary>
internal sealed class SleepingRenderer(IBlobStore blobs, TimeSpan chunk) : IChunkRenderer, IDisposable
{
    private readonly SemaphoreSlim device = new(1);
    private readonly List<double> gaps = [];
    private long ended;

    public IReadOnlyList<string> Models { get; } = [ScaleModel.Name];

    public string? Loaded => ScaleModel.Name;

    public long Memory => 1L << 34;

    internal int Chunks { get; private set; }

    /// <summary>Seconds that chunks took, and seconds between the end of one and the beginning of the next.</summary>
    internal double Worked { get; private set; }

    internal IReadOnlyList<double> Gaps => gaps;

    internal void Reset()
    {
        (Chunks, Worked) = (0, 0);
        gaps.Clear();
    }

    public void Dispose() => device.Dispose();

    public async Task<ChunkResult> RenderAsync(ChunkLease lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        var render = (ChunkLease.Render)lease;
        await device.WaitAsync(CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        if (ended != 0) gaps.Add(Stopwatch.GetElapsedTime(ended, start).TotalSeconds);
        // The last fifth is the last step, behind which the next chunk is made ready.
        await Task.Delay(chunk * 0.8, CancellationToken.None);
        progress.Ending();
        await Task.Delay(chunk * 0.2, CancellationToken.None);
        ended = Stopwatch.GetTimestamp();
        Worked += Stopwatch.GetElapsedTime(start, ended).TotalSeconds;
        Chunks++;
        _ = device.Release();
        int bytes = lease.Chunk.Kind == ChunkKind.Decode ? ScaleModel.FrameBytes * lease.Chunk.Count : 1;
        _ = await blobs.PutAsync(render.OutputBlob, new byte[bytes], cancellationToken: CancellationToken.None);
        return new ChunkResult.Rendered(render.OutputBlob, null, "weights", "sleeping device");
    }
}
