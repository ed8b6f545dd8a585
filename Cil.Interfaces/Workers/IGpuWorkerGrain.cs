using Orleans.Concurrency;

namespace Cil.Interfaces.Workers;

/// <summary>The worker of one device; its key is "silo/ordinal", and it lives on that silo or nowhere.</summary>
[Alias("cil.IGpuWorkerGrain")]
public interface IGpuWorkerGrain : IGrainWithStringKey
{
    /// <summary>Begins to take chunks. Called by the silo that has the device.</summary>
    [Alias("Start"), ResponseTimeout(CallTimeout.Short)] Task StartAsync();

    /// <summary>
    /// Whether it still has that chunk under that epoch. Interleaves, so that a job and a worker can call each other at the
    /// same time.
    /// </summary>
    [AlwaysInterleave, Alias("Holds")] Task<bool> HoldsAsync(RenderJobId job, int chunk, long epoch);

    /// <summary>The queue has a chunk for it.</summary>
    [Alias("Wake")] Task WakeAsync();

    /// <summary>The job is over: its chunks end at their next step.</summary>
    [AlwaysInterleave, OneWay, Alias("Stop")] Task StopAsync(RenderJobId job);

    /// <summary>Takes no more chunks; those that it has go to their end.</summary>
    /// <returns>Whether it has none any more.</returns>
    [Alias("Retire")] Task<bool> RetireAsync();

    /// <summary>Takes no more chunks and stops those that it has at their next step.</summary>
    /// <returns>Whether it is free; false when a step takes longer than a call may, and the caller should ask again.</returns>
    [Alias("Drain")] Task<bool> DrainAsync();
}
