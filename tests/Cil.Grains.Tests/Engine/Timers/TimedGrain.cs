using Cil.Grains.Tests.Engine.Cluster;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Timers;

public sealed class TimedGrain(Gates gates) : Grain, ITimedGrain
{
    private IGrainTimer? timer;
    private int ticks;

    public Task Start(TimeSpan due, TimeSpan period)
    {
        timer = this.RegisterGrainTimer(
            () =>
            {
                gates.Record($"tick {++ticks}");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(due, period));
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task Hold(string name)
    {
        gates.Record($"{name} begins");
        await gates.Passed($"let {name} end");
    }
}
