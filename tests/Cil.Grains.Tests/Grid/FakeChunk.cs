using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Tests.Grid;

/// <summary>A chunk on a fake device.</summary>
internal sealed class FakeChunk
{
    private readonly IChunkProgress progress;
    private readonly TaskCompletionSource<ChunkResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal FakeChunk(ChunkLease.Render lease, IChunkProgress progress, CancellationToken stopping)
    {
        (Lease, this.progress) = (lease, progress);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = stopping.Register(() => stopped.TrySetResult());
        Stopped = stopped.Task;
    }

    internal ChunkLease.Render Lease { get; }

    /// <summary>Done when the worker asks it to stop.</summary>
    internal Task Stopped { get; }

    internal Task<ChunkResult> Result => result.Task;

    internal void Ending() => progress.Ending();

    internal void Done(int count) => progress.Done(count);

    internal void End(ChunkResult how) => result.SetResult(how);

    internal void TryEnd() => result.TrySetResult(new ChunkResult.Stopped());
}
