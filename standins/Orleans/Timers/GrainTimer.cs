using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Timers;

/// <summary>A timer whose ticks are turns of its activation; the next tick is planned when one has ended.</summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;
    private bool _ended;

    internal GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options, TimeProvider time, ILogger logger)
    {
        Check(options.DueTime, nameof(options.DueTime));
        Check(options.Period, nameof(options.Period));
        _activation = activation;
        _callback = callback;
        _options = options;
        _logger = logger;
        _period = options.Period;

        // The clock's thread must not carry the request context of whoever made the timer.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static state => ((GrainTimer)state!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        activation.Add(this);
        _timer.Change(options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _period = period;
            _changed = true;
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _timer.Dispose();
        _activation.Remove(this);
        _disposed.Cancel();
    }

    private static void Check(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "Zero, positive or Timeout.InfiniteTimeSpan.");
        }
    }

    private void Due()
    {
        lock (_gate)
        {
            if (_ended || _ticking)
            {
                return;
            }

            _ticking = true;
            _changed = false;
        }

        _activation.Receive(new LocalTurn(TickAsync, _options.Interleave, _options.KeepAlive));
    }

    private async Task TickAsync()
    {
        try
        {
            if (!_disposed.IsCancellationRequested)
            {
                await _callback(_disposed.Token);
            }
        }
#pragma warning disable CA1031 // Documented: what a callback throws is logged and the timer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(_logger, e, _activation.GrainId);
        }

        lock (_gate)
        {
            _ticking = false;
            if (!_ended && !_changed && _period != Timeout.InfiniteTimeSpan)
            {
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A timer of grain {GrainId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, GrainId grainId);
}
