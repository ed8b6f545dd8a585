using Orleans.Concurrency;

namespace Cil.Grains.Tests.Engine.Scheduling;

public interface ITurnGrain : IGrainWithStringKey
{
    Task Plain(string name);

    [AlwaysInterleave]
    Task Interleaving(string name);

    [ReadOnly]
    Task Reading(string name);

    [OneWay]
    Task Forgotten(string name);

    [ResponseTimeout("00:00:02")]
    Task Impatient(string name);

    Task<int> CountInParallel(int steps);

    Task<bool> StaysOnItsScheduler();
}
