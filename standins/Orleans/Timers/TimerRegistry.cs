using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Timers;

internal sealed class TimerRegistry(TimeProvider time, ILoggerFactory loggers) : ITimerRegistry
{
    private readonly ILogger _logger = loggers.CreateLogger("Orleans.Timers.GrainTimer");

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var activation = grainContext as Activation ?? throw new ArgumentException("Timers belong to activations of a silo.", nameof(grainContext));
        return new GrainTimer(activation, token => callback(state, token), options, time, _logger);
    }
}
