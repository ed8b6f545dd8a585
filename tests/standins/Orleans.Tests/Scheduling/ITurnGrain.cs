using Orleans.Concurrency;

namespace Orleans.Tests.Scheduling;

public interface ITurnGrain : IGrainWithStringKey
{
    Task Plain(string name);

    [AlwaysInterleave]
    Task Interleaving(string name);

    [ReadOnly]
    Task Reading(string name);

    [OneWay]
    Task Forgotten(string name);

    [ResponseTimeout("00:00:00.2")]
    Task Impatient(string name);

    Task<int> CountInParallel(int steps);

    Task<bool> StaysOnItsScheduler();
}
