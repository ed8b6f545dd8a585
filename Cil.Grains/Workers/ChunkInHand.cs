using Cil.Interfaces.Chunks;

namespace Cil.Grains.Workers;

/// <summary>
/// A chunk that a worker has taken. Tells its job from time to time that it is alive and how far it is, and ends when the
/// job says so or the worker leaves.
/// </summary>
internal sealed class ChunkInHand : IChunkProgress, IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly IChunkSource job;
    private readonly Action ending;
    private readonly CancellationTokenSource stop;
    private readonly ITimer timer;
    private int done;
    private int sending;

    /// <param name="ending">Called once, when the chunk's last part is on the device.</param>
    internal ChunkInHand(IChunkSource job, ChunkLease lease, TimeProvider clock, Action ending, CancellationToken leaving)
    {
        (this.job, Lease, this.ending) = (job, lease, ending);
        stop = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        Stopping = stop.Token;
        timer = clock.CreateTimer(_ => _ = BeatAsync(), null, Every, Every);
    }

    internal ChunkLease Lease { get; }

    internal CancellationToken Stopping { get; }

    /// <summary>Whether there is room for another chunk behind this one.</summary>
    internal bool IsEnding { get; private set; }

    internal Task Work { get; set; } = Task.CompletedTask;

    public void Done(int count) => Volatile.Write(ref done, count);

    public void Ending()
    {
        IsEnding = true;
        ending();
    }

    internal void Stop() => stop.Cancel();

    internal Task ReportAsync(ChunkResult result) => job.ReportAsync(Lease.Chunk.Index, Lease.Epoch, result);

    public void Dispose()
    {
        timer.Dispose();
        stop.Dispose();
    }

    private async Task BeatAsync()
    {
        if (Interlocked.Exchange(ref sending, 1) == 1) return;
        try
        {
            if (await job.HeartbeatAsync(Lease.Chunk.Index, Lease.Epoch, Volatile.Read(ref done)) == HeartbeatAnswer.Stop) Stop();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or ObjectDisposedException)
        {
            // A job that cannot be reached now is told the next time; if it stays so, its lease runs out.
        }
        finally
        {
            Volatile.Write(ref sending, 0);
        }
    }
}
