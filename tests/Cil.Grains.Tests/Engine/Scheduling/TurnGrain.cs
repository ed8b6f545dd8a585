using Cil.Grains.Tests.Engine.Cluster;

namespace Cil.Grains.Tests.Engine.Scheduling;

public class TurnGrain(Gates gates) : Grain, ITurnGrain
{
    private int count;
    private int inside;

    public Task Plain(string name) => RunAsync(name);

    public Task Interleaving(string name) => RunAsync(name);

    public Task Reading(string name) => RunAsync(name);

    public Task Impatient(string name) => RunAsync(name);

    public async Task Forgotten(string name)
    {
        await RunAsync(name);
        throw new InvalidOperationException("Nobody hears this.");
    }

    public async Task<int> CountInParallel(int steps)
    {
        // Tasks of a grain never run two at a time: a lost update would show.
        await Task.WhenAll(Enumerable.Range(0, steps).Select(async _ =>
        {
            await Task.Yield();
            Assert.Equal(1, ++inside);
            count++;
            inside--;
        }));
        return count;
    }

    public async Task<bool> StaysOnItsScheduler()
    {
        TaskScheduler scheduler = TaskScheduler.Current;
        await Task.Yield();
        await Task.Run(() => Assert.NotSame(scheduler, TaskScheduler.Current));
        return ReferenceEquals(scheduler, TaskScheduler.Current) && scheduler != TaskScheduler.Default;
    }

    private async Task RunAsync(string name)
    {
        gates.Record($"{name} begins");
        await gates.Passed($"let {name} end");
        gates.Record($"{name} ends");
    }
}
