using Cil.Grains.Jobs;
using Cil.Interfaces.Devices;
using Cil.Interfaces.Jobs;
using Orleans.Runtime;

namespace Cil.Grains.Work;

/// <summary>
/// Who has which chunk of one piece of work, under which epoch, and when it was heard last. What must survive a crash is in
/// the <see cref="ChunkState"/>s, which the owner stores; the rest is known again after one sign of life.
/// </summary>
internal sealed class LeaseTable(IReadOnlyList<ChunkState> chunks)
{
    // How long a worker that may be gone is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<int, Running> running = [];

    /// <summary>Steps, frames or clips done of each chunk that is being rendered.</summary>
    internal IReadOnlyDictionary<int, int> Done => running.ToDictionary(pair => pair.Key, pair => pair.Value.Done);

    internal bool IsDone => chunks.All(chunk => chunk.OutputBlob is not null);

    /// <summary>Whether it is neither rendered nor being rendered.</summary>
    internal bool IsFree(int chunk) => chunk >= 0 && chunk < chunks.Count && chunks[chunk].OutputBlob is null && !running.ContainsKey(chunk);

    internal bool IsRunningAt(int chunk, string worker) => running.ContainsKey(chunk) && chunks[chunk].Worker == worker;

    /// <summary>Whether that epoch is the chunk's latest and its result is still wanted.</summary>
    internal bool Holds(int chunk, long epoch) => chunk >= 0 && chunk < chunks.Count && chunks[chunk].Epoch == epoch && chunks[chunk].OutputBlob is null;

    /// <summary>Hands a chunk out under the next epoch, which is to be stored before the worker hears of it.</summary>
    internal void Assign(int chunk, string worker)
    {
        chunks[chunk].Epoch++;
        chunks[chunk].Worker = worker;
    }

    /// <summary>
    /// Notes a sign of life. One that was given up for silent, and is heard again before another took its chunk, goes on with it.
    /// </summary>
    /// <returns>Whether it has come further.</returns>
    internal bool Hear(int chunk, DateTimeOffset now, int done = 0)
    {
        int before = running.GetValueOrDefault(chunk)?.Done ?? 0;
        running[chunk] = new Running(now, Math.Max(done, before));
        return done > before;
    }

    /// <summary>
    /// After the loss of the process that the owner lived in: whoever was handed a chunk may well be at it still, and keeps it.
    /// </summary>
    /// <param name="gone">Told of workers that cannot be reached; another one does their chunk again under the next epoch.</param>
    internal Task AdoptAsync(IGrainFactory grains, RenderJobId job, TimeProvider clock, Action<int, string> gone)
    {
        return Task.WhenAll(chunks.Select(AskAsync));

        async Task AskAsync(ChunkState state, int chunk)
        {
            if (state is not { OutputBlob: null, Worker: { } worker }) return;
            try
            {
                if (await grains.GetGrain<IGpuWorkerGrain>(worker).HoldsAsync(job, chunk, state.Epoch).WaitAsync(Patience, clock)) _ = Hear(chunk, clock.GetUtcNow());
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                gone(chunk, worker);
            }
        }
    }

    /// <summary>Takes a chunk back, however it ended.</summary>
    internal void End(int chunk) => running.Remove(chunk);

    /// <summary>Chunks whose workers were not heard since then.</summary>
    internal IReadOnlyList<int> Silent(DateTimeOffset since) => [.. running.Where(pair => pair.Value.Heard < since).Select(pair => pair.Key)];

    /// <summary>Tells the workers that have a chunk to stop.</summary>
    internal async Task StopAsync(IGrainFactory grains, RenderJobId job)
    {
        foreach (string worker in running.Keys.Select(chunk => chunks[chunk].Worker!).Distinct())
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
    internal bool Fail(int chunk, JobError error, int maxAttempts) => ++chunks[chunk].Failures < maxAttempts && error.Retryable;

    private sealed record Running(DateTimeOffset Heard, int Done);
}
