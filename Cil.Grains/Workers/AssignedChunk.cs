using Cil.Interfaces.Chunks;

namespace Cil.Grains.Workers;

/// <summary>
/// A chunk that a worker has taken. Sends heartbeats with its progress to its job, and stops when the job says so or the
/// worker leaves.
/// </summary>
internal sealed class AssignedChunk : IChunkProgress, IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly IChunkSource job;
    private readonly Action ending;
    private readonly CancellationTokenSource stop;
    private readonly ITimer timer;
    private int done;
    private int sending;

    /// <param name="ending">Called once, when the chunk's last part is on the device.</param>
    internal AssignedChunk(IChunkSource job, ChunkLease lease, TimeProvider clock, Action ending, CancellationToken leaving)
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
            // The next heartbeat may reach the job; if none does, the lease expires.
        }
        finally
        {
            Volatile.Write(ref sending, 0);
        }
    }
}
