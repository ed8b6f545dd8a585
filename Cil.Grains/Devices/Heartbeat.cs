using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;

namespace Cil.Grains.Devices;

/// <summary>Tells a job from time to time that its chunk is alive and how far it is, and stops the chunk when the job says so.</summary>
internal sealed class Heartbeat : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly IRenderJobGrain job;
    private readonly ChunkLease lease;
    private readonly CancellationTokenSource stop;
    private readonly Timer timer;
    private int done;
    private int sending;

    internal Heartbeat(IRenderJobGrain job, ChunkLease lease, CancellationTokenSource stop)
    {
        (this.job, this.lease, this.stop) = (job, lease, stop);
        timer = new Timer(_ => _ = SendAsync(), null, Every, Every);
    }

    internal void Done(int count) => Volatile.Write(ref done, count);

    public void Dispose() => timer.Dispose();

    private async Task SendAsync()
    {
        if (Interlocked.Exchange(ref sending, 1) == 1) return;
        try
        {
            if (await job.HeartbeatAsync(lease.Chunk.Index, lease.Epoch, Volatile.Read(ref done)) == HeartbeatAnswer.Stop) await stop.CancelAsync();
        }
        catch (Exception error) when (error is Orleans.Runtime.OrleansException or TimeoutException or ObjectDisposedException)
        {
            // A job that cannot be reached now is told the next time; if it stays so, its lease runs out.
        }
        finally
        {
            Volatile.Write(ref sending, 0);
        }
    }
}
