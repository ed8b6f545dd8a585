using System.Runtime.CompilerServices;
using Cil.Grains.Diagnostics;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Orleans.Runtime;

namespace Cil.Grains.Chunks;

/// <summary>
/// What the coordinators of chunks have in common: leases and their checks, the queue's accounts, retries, watchers, and the
/// rule that memory holds what storage holds. Belongs to one activation and is called in its turns.
/// </summary>
internal sealed class ChunkCoordinator(
    IChunkOwner owner, IGrainBase grain, IGrainFactory grains, RenderJobId id, GridInstruments instruments, TimeProvider clock,
    LeaseOptions options)
{
    // Times the usual pause between checks.
    private const int Slower = 10;

    private readonly ChangeSignal changed = new();
    private IGrainTimer? timer;
    private bool isSlow;
    private int watchers;
    private bool isEndStored;

    internal RenderJobId Id => id;

    internal IWorkQueueGrain Queue { get; } = grains.GetGrain<IWorkQueueGrain>(0);

    internal LeaseTable Leases { get; private set; } = new([]);

    internal bool IsWatched => watchers > 0;

    /// <summary>Whether leases are checked from time to time.</summary>
    internal bool IsChecking => timer is not null;

    /// <summary>Begins with chunks that no worker has.</summary>
    internal void Reset(IReadOnlyList<ChunkState> chunks) => Leases = new LeaseTable(chunks);

    /// <summary>Begins with stored chunks: workers that were handed one before this activation may still be at it.</summary>
    internal void Adopt(IReadOnlyList<ChunkState> chunks)
    {
        Reset(chunks);
        isEndStored = !owner.IsUnfinished;
        if (owner.IsUnfinished) Leases.Adopt(clock.GetUtcNow(), options);
    }

    /// <summary>
    /// Stores the owner's state. After a write that failed nobody knows what is stored: the activation ends, and the next
    /// one reads it.
    /// </summary>
    internal async Task SaveAsync()
    {
        try
        {
            await owner.WriteStateAsync();
        }
        catch
        {
            grain.DeactivateOnIdle();
            throw;
        }

        isEndStored = !owner.IsUnfinished;
        changed.Set();
    }

    /// <summary>Wakes watchers although nothing was stored.</summary>
    internal void NotifyWatchers() => changed.Set();

    /// <summary>
    /// A snapshot now, at each change, and at least every 2 s; up to and with the last. Watchers are answered between the steps of
    /// other calls too, so that they meet an end that is being stored: a crash could still undo it, and until it is stored they are told
    /// what they were told before.
    /// </summary>
    internal async IAsyncEnumerable<T> WatchAsync<T>(
        Func<Task<T?>> get, Func<T, bool> isLast, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        watchers++;
        try
        {
            T? told = null;
            while (true)
            {
                Task next = changed.Next;
                if (await get() is not { } snapshot) yield break;
                bool isOver = isLast(snapshot) && isEndStored;
                if (isOver || !isLast(snapshot)) told = snapshot;
                if (told is not null) yield return told;
                if (isOver) yield break;
                await ChangeSignal.WaitAsync(next, clock, cancellationToken);
            }
        }
        finally
        {
            watchers--;
        }
    }

    /// <summary>Has the owner's leases checked at each interval, until <see cref="StopChecks"/>.</summary>
    /// <param name="due">Time until the first check.</param>
    internal void StartChecks(TimeSpan due)
    {
        timer ??= grain.RegisterGrainTimer(owner.CheckAsync, new GrainTimerCreationOptions(due, options.Check) { KeepAlive = true });
        if (isSlow) timer.Change(due, options.Check);
        isSlow = false;
    }

    /// <summary>Has checks come seldom, while there is nothing to check: until the next <see cref="StartChecks()"/>.</summary>
    internal void SlowChecks()
    {
        if (!isSlow) timer?.Change(options.Check * Slower, options.Check * Slower);
        isSlow = timer is not null;
    }

    /// <summary>As <see cref="StartChecks(TimeSpan)"/>, the first after one interval.</summary>
    internal void StartChecks() => StartChecks(options.Check);

    internal void StopChecks()
    {
        timer?.Dispose();
        timer = null;
        isSlow = false;
    }

    /// <summary>
    /// Hands a chunk to a worker. The epoch is stored before the worker hears of it, so that no crash hands the same one out
    /// twice.
    /// </summary>
    /// <returns>The epoch.</returns>
    internal async Task<long> AssignAsync(int chunk, string worker)
    {
        long epoch = Leases.Assign(chunk, worker);
        await SaveAsync();
        _ = Leases.RecordHeartbeat(chunk, clock.GetUtcNow());
        StartChecks();
        return epoch;
    }

    internal HeartbeatAnswer Heartbeat(int chunk, long epoch, int done)
    {
        if (!Holds(chunk, epoch)) return HeartbeatAnswer.Stop;
        if (Leases.RecordHeartbeat(chunk, clock.GetUtcNow(), done)) changed.Set();
        return HeartbeatAnswer.GoOn;
    }

    /// <summary>Whether a report under this epoch counts.</summary>
    internal bool Holds(int chunk, long epoch) => owner.IsUnfinished && Leases.Holds(chunk, epoch);

    /// <summary>Takes a chunk back from its worker, however it ended, and has the queue count its device time.</summary>
    internal void End(int chunk) =>
        Count(chunk, Leases.End(chunk) is { } since ? clock.GetUtcNow() - since : TimeSpan.Zero);

    /// <summary>Tells workers to stop and takes everything from the queue. What each has done stays known.</summary>
    internal async Task StopAsync()
    {
        await Leases.StopAsync(grains, id);
        foreach ((int chunk, DateTimeOffset since) in Leases.Since) Count(chunk, clock.GetUtcNow() - since);
        await Queue.WithdrawAsync(id);
    }

    private void Count(int chunk, TimeSpan used)
    {
        _ = Queue.EndAsync(id, chunk, used);
        if (used > TimeSpan.Zero) owner.Used(used);
    }

    /// <summary>
    /// Counts a failure that a worker reports; one that is reported again, since the first answer was lost, counts once.
    /// </summary>
    internal async Task FailOnceAsync(int chunk, string worker, JobError error)
    {
        if (Leases.IsAssigned(chunk)) await FailAsync(chunk, worker, error);
        else await owner.ScheduleAsync();
    }

    /// <summary>Counts a failure, then goes on, or gives up after the last attempt.</summary>
    internal async Task FailAsync(int chunk, string worker, JobError error)
    {
        if (await CountFailureAsync(chunk, worker, error)) await owner.ScheduleAsync();
    }

    /// <summary>Takes back the chunks of workers that are lost or stuck.</summary>
    /// <returns>Whether the work goes on.</returns>
    internal async Task<bool> CheckLeasesAsync()
    {
        foreach (LostLease lost in Leases.Check(grains, id, clock, options))
        {
            instruments.CountLostLease();
            bool counts = owner.Lost(lost);
            await Queue.EndAsync(id, lost.Chunk, TimeSpan.Zero);
            if (!counts) continue;
            bool goesOn = lost.IsFailure
                ? await CountFailureAsync(lost.Chunk, lost.Worker, lost.Reason)
                : await StoreOrGiveUpAsync(Leases.Lose(lost.Chunk, options), lost.Reason);
            if (!goesOn) return false;
        }

        return true;
    }

    private Task<bool> CountFailureAsync(int chunk, string worker, JobError error)
    {
        bool mayRetry = Leases.Fail(chunk, error, options);
        owner.Failed(chunk, worker, error);
        instruments.CountRetry(error.Code);
        return StoreOrGiveUpAsync(mayRetry, error);
    }

    private async Task<bool> StoreOrGiveUpAsync(bool mayRetry, JobError error)
    {
        if (mayRetry) await SaveAsync();
        else await owner.GiveUpAsync(error);
        return mayRetry;
    }
}
