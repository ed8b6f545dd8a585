using Cil.Interfaces;
using Cil.Interfaces.Workers;
using Orleans.Runtime;

namespace Cil.Grains.Leases;

/// <summary>
/// The leases of one job's chunks: worker, epoch and latest heartbeat. What must survive a crash is in the <see
/// cref="ChunkState"/>s, which the owner stores; the rest is known again after the next heartbeats.
/// </summary>
internal sealed class LeaseTable(IReadOnlyList<ChunkState> chunks)
{
    // How long the answer of a worker that may be gone is waited for.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);

    private readonly SortedDictionary<int, ActiveLease> running = [];

    // Workers that lost a chunk because they were silent.
    private readonly Dictionary<int, string> silent = [];

    /// <summary>Steps, frames or clips done of each chunk that is being rendered.</summary>
    internal IReadOnlyDictionary<int, int> Done => running.ToDictionary(pair => pair.Key, pair => pair.Value.Done);

    /// <summary>Since when each running chunk is assigned.</summary>
    internal IReadOnlyDictionary<int, DateTimeOffset> Since => running.ToDictionary(pair => pair.Key, pair => pair.Value.Since);

    internal bool IsDone => chunks.All(chunk => chunk.OutputBlob is not null);

    /// <summary>Whether a blob is the result of one of the chunks.</summary>
    internal bool IsResult(string blob) => chunks.Any(chunk => chunk.OutputBlob == blob);

    /// <summary>Whether no worker has a chunk.</summary>
    internal bool IsIdle => running.Count == 0;

    /// <summary>The workers that have a chunk.</summary>
    internal IReadOnlyList<string> Workers => [.. running.Keys.Select(chunk => chunks[chunk].Worker!).Distinct()];

    /// <summary>Whether it is neither rendered nor being rendered.</summary>
    internal bool IsFree(int chunk) =>
        chunk >= 0 && chunk < chunks.Count && chunks[chunk].OutputBlob is null && !running.ContainsKey(chunk);

    internal bool IsRunningAt(int chunk, string worker) => running.ContainsKey(chunk) && chunks[chunk].Worker == worker;

    /// <summary>Whether that epoch is the chunk's latest and its result is still wanted.</summary>
    internal bool Holds(int chunk, long epoch) =>
        chunk >= 0 && chunk < chunks.Count && chunks[chunk].Epoch == epoch && chunks[chunk].OutputBlob is null;

    /// <summary>Whether a worker was handed it and has not failed since, be it silent by now.</summary>
    internal bool IsAssigned(int chunk) => chunks[chunk].Worker is not null || silent.ContainsKey(chunk);

    /// <summary>The worker that was handed a chunk last and has neither failed nor been lost since; null when there is none.</summary>
    internal string? WorkerOf(int chunk) => chunks[chunk].Worker;

    /// <summary>Hands a chunk out under the next epoch, which is to be stored before the worker hears of it.</summary>
    /// <returns>The epoch.</returns>
    internal long Assign(int chunk, string worker)
    {
        _ = silent.Remove(chunk);
        chunks[chunk].Worker = worker;
        return ++chunks[chunk].Epoch;
    }

    /// <summary>
    /// Records a heartbeat. A worker that lost its chunk because it was silent, and is heard again before another took the
    /// chunk, goes on with it.
    /// </summary>
    /// <returns>Whether the chunk has progressed.</returns>
    internal bool RecordHeartbeat(int chunk, DateTimeOffset now, int done = 0)
    {
        if (!running.TryGetValue(chunk, out ActiveLease? lease))
        {
            if (chunks[chunk].Worker is null)
            {
                // The last heartbeat of a failed chunk may come after its end: it begins no lease.
                if (!silent.Remove(chunk, out string? worker)) return false;
                chunks[chunk].Worker = worker;
            }

            running[chunk] = lease = new ActiveLease(now);
        }

        return lease.RecordHeartbeat(now, done);
    }

    /// <summary>
    /// After the loss of the owner's process: a worker that was handed a chunk may still be rendering it, and keeps it
    /// unless it denies that when it is asked, which is at the next check.
    /// </summary>
    internal void Adopt(DateTimeOffset now, LeaseOptions options)
    {
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            if (chunks[chunk] is { OutputBlob: null, Worker: not null })
                running[chunk] = new ActiveLease(now) { LastHeartbeat = now - options.Ask };
        }
    }

    /// <summary>Takes chunks back from workers that are lost or stuck, and asks workers that have been silent for a while.</summary>
    /// <param name="clock">The clock; also read when the answers come.</param>
    internal IReadOnlyList<LostLease> Check(IGrainFactory grains, RenderJobId job, TimeProvider clock, LeaseOptions options)
    {
        var lost = new List<LostLease>();
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((int chunk, ActiveLease lease) in running.ToList())
        {
            string worker = chunks[chunk].Worker ?? "";
            if (lease.IsGone) Lose(JobError.WorkerLost, $"worker {worker} is gone", isFailure: false);
            else if (now - lease.LastHeartbeat >= options.Silence)
                Lose(JobError.WorkerLost, $"worker {worker} went silent", isFailure: false);
            else if (now - lease.Progressed >= options.Stall)
                Lose(JobError.WorkerStuck, $"worker {worker} came no further in {options.Stall}", isFailure: true);
            else if (now - lease.LastHeartbeat >= options.Ask && !lease.IsAsked)
                _ = AskAsync(grains.GetGrain<IGpuWorkerGrain>(worker), job, chunk, lease, clock);

            void Lose(string code, string reason, bool isFailure)
            {
                End(chunk);
                lost.Add(new LostLease(chunk, worker, new JobError(code, reason, Retryable: true), isFailure));
            }
        }

        return lost;
    }

    /// <summary>Takes a chunk back, however it ended.</summary>
    /// <returns>Since when it was out; null when it was not.</returns>
    internal DateTimeOffset? End(int chunk) => running.Remove(chunk, out ActiveLease? lease) ? lease.Since : null;

    /// <summary>Tells the workers that have a chunk to stop.</summary>
    internal async Task StopAsync(IGrainFactory grains, RenderJobId job)
    {
        foreach (string worker in Workers)
        {
            try
            {
                await grains.GetGrain<IGpuWorkerGrain>(worker).StopAsync(job);
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                // The worker is gone with its silo.
            }
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>Whether the chunk may be tried again.</returns>
    internal bool Fail(int chunk, JobError error, LeaseOptions options)
    {
        ChunkState state = chunks[chunk];
        state.Failures++;
        state.Worker = null;
        _ = silent.Remove(chunk);
        if (error.Code == JobError.OutOfMemory && ++state.OutOfMemory >= options.MaxOutOfMemory) return false;
        return state.Failures < options.AttemptsAt(error) && error.Retryable;
    }

    /// <summary>Counts a worker that was lost.</summary>
    /// <returns>Whether the chunk may be tried again.</returns>
    internal bool Lose(int chunk, LeaseOptions options)
    {
        if (chunks[chunk].Worker is { } worker) silent[chunk] = worker;
        chunks[chunk].Worker = null;
        return ++chunks[chunk].Losses < options.MaxLosses;
    }

    // Not awaited in the owner's turn: an answer may take as long as Orleans takes to find a silo dead.
    private async Task AskAsync(IGpuWorkerGrain worker, RenderJobId job, int chunk, ActiveLease lease, TimeProvider clock)
    {
        lease.IsAsked = true;
        try
        {
            if (await worker.HoldsAsync(job, chunk, chunks[chunk].Epoch).WaitAsync(AskTimeout, clock))
                lease.LastHeartbeat = clock.GetUtcNow();
            else lease.IsGone = true;
        }
        catch (TimeoutException)
        {
            // Unknown: it is asked again, until it has been silent for too long.
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            lease.IsGone = true;
        }
        finally
        {
            lease.IsAsked = false;
        }
    }
}
