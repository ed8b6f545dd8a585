using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>How an activation begins and ends.</summary>
internal sealed partial class Activation
{
    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_ending is not null || _state == ActivationState.Ended)
            {
                return;
            }

            _ending = deactivationReason;
            if (_state == ActivationState.Activating || _running.Count > 0)
            {
                // Whoever finishes last ends the activation.
                return;
            }

            _state = ActivationState.Deactivating;
        }

        new Task(() => _ = EndAsync(cancellationToken)).Start(_scheduler);
    }

    /// <summary>Makes the grain's object, reads its state and activates it; then turns run.</summary>
    internal void Begin() => new Task(() => _ = BeginAsync()).Start(_scheduler);

    /// <summary>The silo is lost: nothing of the activation runs any more, and its callers are told.</summary>
    internal void Abandon(Exception reason)
    {
        Turn[] lost;
        IDisposable[] timers;
        lock (_gate)
        {
            _state = ActivationState.Ended;
            lost = [.. _running, .. _waiting];
            timers = [.. _timers];
            _running.Clear();
            _waiting.Clear();
        }

        _scheduler.Stop();
        foreach (var timer in timers)
        {
            timer.Dispose();
        }

        foreach (var turn in lost)
        {
            turn.Reject(reason);
        }
    }

    /// <summary>Ends the activation if it was not used for its collection age.</summary>
    internal void CollectIfIdle(DateTimeOffset now)
    {
        lock (_gate)
        {
            var idle = _state == ActivationState.Valid && _running.Count == 0 && _waiting.Count == 0;
            if (!idle || now < _keepUntil || now - _lastUse < Silo.CollectionAge(_class))
            {
                return;
            }
        }

        Deactivate(new(DeactivationReasonCode.ActivationIdle, "Activation exceeded its idle collection limit."));
    }

    internal void Delay(TimeSpan time) => _keepUntil =
        time == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue
        : time <= TimeSpan.Zero ? DateTimeOffset.MinValue
        : Silo.Time.GetUtcNow() + time;

    internal void Add(IDisposable timer)
    {
        lock (_gate)
        {
            _timers.Add(timer);
        }
    }

    internal void Remove(IDisposable timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    private async Task BeginAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Silo.Collection.ActivationTimeout);
            GrainInstance = _class.Create(this);
            if (GrainInstance is IIncomingGrainCallFilter own)
            {
                IncomingFilters = [.. IncomingFilters, own];
            }

            await _lifecycle.StartAsync(limit.Token);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(limit.Token);
            }
        }
#pragma warning disable CA1031 // What a grain throws on activation is its callers'.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(_logger, e, GrainId);
            lock (_gate)
            {
                _ending = new DeactivationReason(DeactivationReasonCode.ActivationFailed, e, "Failed to activate grain.");
                _state = ActivationState.Deactivating;
            }

            await LeaveAsync(e);
            return;
        }

        var end = false;
        lock (_gate)
        {
            if (_state == ActivationState.Activating)
            {
                end = _ending is not null;
                _state = end ? ActivationState.Deactivating : ActivationState.Valid;
                StartWaiting();
            }
        }

        if (end)
        {
            await EndAsync(CancellationToken.None);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        IDisposable[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }

        try
        {
            RequestContext.Clear();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Silo.Collection.DeactivationTimeout);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnDeactivateAsync(_ending!.Value, limit.Token);
            }

            await _lifecycle.StopAsync(limit.Token);
        }
#pragma warning disable CA1031 // The activation ends whatever the grain throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(_logger, e, GrainId);
        }

        await LeaveAsync(null);
    }

    private async Task LeaveAsync(Exception? failure)
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                (GrainInstance as IDisposable)?.Dispose();
            }

            await _services.DisposeAsync();
        }
#pragma warning disable CA1031 // The activation ends whatever the grain throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(_logger, e, GrainId);
        }

        Turn[] waiting;
        Silo.Remove(this);
        lock (_gate)
        {
            _state = ActivationState.Ended;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        _deactivated.TrySetResult();
        foreach (var turn in waiting)
        {
            if (failure is null)
            {
                turn.Forward(Silo);
            }
            else
            {
                turn.Reject(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Grain {GrainId} failed to activate or to deactivate")]
    private static partial void LogFailed(ILogger logger, Exception exception, GrainId grainId);
}
