using Orleans.Runtime;
using Orleans.Tests.Cluster;

namespace Orleans.Tests.Timers;

public sealed class TimedGrain(Gates gates) : Grain, ITimedGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    public Task Start(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            () =>
            {
                gates.Record($"tick {++_ticks}");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(due, period));
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task Hold(string name)
    {
        gates.Record($"{name} begins");
        await gates.Passed($"let {name} end");
    }
}
