using Cil.Interfaces;
using Cil.Interfaces.Workers;
using Orleans.Runtime;

namespace Cil.Grains.Leases;

/// <summary>
/// Who has which chunk of one piece of work, under which epoch, and when it was heard last. What must survive a crash is in
/// the <see cref="ChunkState"/>s, which the owner stores; the rest is known again after one sign of life.
/// </summary>
internal sealed class LeaseTable(IReadOnlyList<ChunkState> chunks)
{
    // How long a worker that may be gone is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SortedDictionary<int, RunningChunk> running = [];

    // Who had a chunk that was taken back because nothing was heard of it.
    private readonly Dictionary<int, string> silent = [];

    /// <summary>Steps, frames or clips done of each chunk that is being rendered.</summary>
    internal IReadOnlyDictionary<int, int> Done => running.ToDictionary(pair => pair.Key, pair => pair.Value.Done);

    /// <summary>Since when each chunk that is being rendered is out.</summary>
    internal IReadOnlyDictionary<int, DateTimeOffset> Since => running.ToDictionary(pair => pair.Key, pair => pair.Value.Since);

    internal bool IsDone => chunks.All(chunk => chunk.OutputBlob is not null);

    /// <summary>Whether a blob is the result of one of the chunks.</summary>
    internal bool IsResult(string blob) => chunks.Any(chunk => chunk.OutputBlob == blob);

    /// <summary>Whether no worker has a chunk of it.</summary>
    internal bool IsIdle => running.Count == 0;

    /// <summary>Who has a chunk.</summary>
    internal IReadOnlyList<string> Workers => [.. running.Keys.Select(chunk => chunks[chunk].Worker!).Distinct()];

    /// <summary>Whether it is neither rendered nor being rendered.</summary>
    internal bool IsFree(int chunk) => chunk >= 0 && chunk < chunks.Count && chunks[chunk].OutputBlob is null && !running.ContainsKey(chunk);

    internal bool IsRunningAt(int chunk, string worker) => running.ContainsKey(chunk) && chunks[chunk].Worker == worker;

    /// <summary>Whether that epoch is the chunk's latest and its result is still wanted.</summary>
    internal bool Holds(int chunk, long epoch) => chunk >= 0 && chunk < chunks.Count && chunks[chunk].Epoch == epoch && chunks[chunk].OutputBlob is null;

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
    /// Notes a sign of life. One that was given up for silent, and is heard again before another took its chunk, goes on with it.
    /// </summary>
    /// <returns>Whether it has come further.</returns>
    internal bool Hear(int chunk, DateTimeOffset now, int done = 0)
    {
        if (!running.TryGetValue(chunk, out RunningChunk? lease))
        {
            if (chunks[chunk].Worker is null)
            {
                // The last sign of life of a chunk that has failed may come after its end: that is no lease.
                if (!silent.Remove(chunk, out string? worker)) return false;
                chunks[chunk].Worker = worker;
            }

            running[chunk] = lease = new RunningChunk(now);
        }

        return lease.Hear(now, done);
    }

    /// <summary>
    /// After the loss of the process that the owner lived in: whoever was handed a chunk may well be at it still, and keeps
    /// it unless it says no when it is asked, which is at the next check.
    /// </summary>
    internal void Adopt(DateTimeOffset now, LeaseOptions options)
    {
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            if (chunks[chunk] is { OutputBlob: null, Worker: not null }) running[chunk] = new RunningChunk(now) { Heard = now - options.Ask };
        }
    }

    /// <summary>Takes away what was lost, and asks workers that have been silent for a while.</summary>
    /// <param name="clock">Tells the time, also of the answers.</param>
    internal IReadOnlyList<LostLease> Check(IGrainFactory grains, RenderJobId job, TimeProvider clock, LeaseOptions options)
    {
        var lost = new List<LostLease>();
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((int chunk, RunningChunk lease) in running.ToList())
        {
            string worker = chunks[chunk].Worker ?? "";
            if (lease.IsGone) Lose(JobError.WorkerLost, $"worker {worker} is gone", isFailure: false);
            else if (now - lease.Heard >= options.Silence) Lose(JobError.WorkerLost, $"worker {worker} went silent", isFailure: false);
            else if (now - lease.Progressed >= options.Stall) Lose(JobError.WorkerStuck, $"worker {worker} came no further in {options.Stall}", isFailure: true);
            else if (now - lease.Heard >= options.Ask && !lease.IsAsked) _ = AskAsync(grains.GetGrain<IGpuWorkerGrain>(worker), job, chunk, lease, clock);

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
    internal DateTimeOffset? End(int chunk) => running.Remove(chunk, out RunningChunk? lease) ? lease.Since : null;

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
                // Gone with its silo, and its chunks with it.
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
        return state.Failures < options.MaxAttempts && error.Retryable;
    }

    /// <summary>Counts a worker that was lost.</summary>
    /// <returns>Whether the chunk may be tried again.</returns>
    internal bool Lose(int chunk, LeaseOptions options)
    {
        if (chunks[chunk].Worker is { } worker) silent[chunk] = worker;
        chunks[chunk].Worker = null;
        return ++chunks[chunk].Losses < options.MaxLosses;
    }

    // Beside the owner's turns: an answer may take as long as a silo takes to be found dead.
    private async Task AskAsync(IGpuWorkerGrain worker, RenderJobId job, int chunk, RunningChunk lease, TimeProvider clock)
    {
        lease.IsAsked = true;
        try
        {
            if (await worker.HoldsAsync(job, chunk, chunks[chunk].Epoch).WaitAsync(Patience, clock)) lease.Heard = clock.GetUtcNow();
            else lease.IsGone = true;
        }
        catch (TimeoutException)
        {
            // Not known: it is asked again, until it has been silent for too long.
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
