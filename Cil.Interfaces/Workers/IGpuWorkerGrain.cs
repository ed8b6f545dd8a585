using Orleans.Concurrency;

namespace Cil.Interfaces.Workers;

/// <summary>One device; its key is "silo/ordinal" and it lives on that silo or nowhere.</summary>
[Alias("cil.IGpuWorkerGrain")]
public interface IGpuWorkerGrain : IGrainWithStringKey
{
    /// <summary>Begins to take work. Called by the silo that has the device.</summary>
    [Alias("Start"), ResponseTimeout(CallPatience.Short)] Task StartAsync();

    /// <summary>Whether it still works on that chunk under that epoch. Answered between turns, so that a job and a worker can ask each other.</summary>
    [AlwaysInterleave, Alias("Holds")] Task<bool> HoldsAsync(RenderJobId job, int chunk, long epoch);

    /// <summary>There is work to be had.</summary>
    [Alias("Wake")] Task WakeAsync();

    /// <summary>The job is over: its chunks end at their next step.</summary>
    [AlwaysInterleave, OneWay, Alias("Stop")] Task StopAsync(RenderJobId job);

    /// <summary>Takes no more work; the chunks in hand go to their end.</summary>
    /// <returns>Whether there is none in hand any more.</returns>
    [Alias("Retire")] Task<bool> RetireAsync();

    /// <summary>Takes no more work and stops the chunks in hand at their next step.</summary>
    /// <returns>Whether it is free; false when a step takes longer than a call may, and the caller should ask again.</returns>
    [Alias("Drain")] Task<bool> DrainAsync();
}
