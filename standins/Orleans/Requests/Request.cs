using System.Diagnostics;

namespace Orleans.Runtime;

#pragma warning disable CA1001 // The source has no timer and no handle: nothing to dispose, and both sides may still use it.
/// <summary>A call on its way: target, method, copied arguments, the caller's request context, and the place for the answer.</summary>
internal sealed class Request(GrainReference target, GrainMethod method, object?[] arguments) : Turn
{
    private readonly TaskCompletionSource<object?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _cancellation;
    private Activation? _runningOn;

    internal GrainReference Target => target;

    internal GrainMethod Method => method;

    internal object?[] Arguments => arguments;

    internal GrainId? Source { get; } = RuntimeContext.Current?.GrainId;

    internal Task<object?> Answer => _answer.Task;

    internal override Dictionary<string, object>? Context { get; } = RequestContext.Current;

    internal override bool IsReadOnly => method.IsReadOnly;

    internal override bool IsAlwaysInterleave => method.IsAlwaysInterleave;

    /// <summary>Ties the token that the grain gets to the caller's.</summary>
    internal CancellationTokenRegistration Link(bool wait, CancellationToken caller)
    {
        _cancellation = new CancellationTokenSource();
        arguments[method.CancellationIndex] = _cancellation.Token;
        return caller.UnsafeRegister(
            _ =>
            {
                CancelAtTarget();
                if (!wait)
                {
                    _answer.TrySetException(new OperationCanceledException(caller));
                }
            },
            null);
    }

    internal override async Task RunAsync(Activation activation)
    {
        _runningOn = activation;
        try
        {
            var result = activation.IncomingFilters.Count == 0
                ? await method.InvokeAsync(activation.Target(target.Face), arguments)
                : await IncomingCall.RunAsync(activation, this);
            _answer.TrySetResult(method.CopyResult(result));
        }
#pragma warning disable CA1031 // Whatever a grain throws is its caller's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is Storage.InconsistentStateException { IsSourceActivation: true } conflict)
            {
                conflict.IsSourceActivation = false;
                activation.Deactivate(new(DeactivationReasonCode.ApplicationError, e, "Storage version conflict"));
            }

            if (!_answer.TrySetException(e) || method.IsOneWay)
            {
                _ = _answer.Task.Exception;
                activation.LogUnanswered(e, method);
            }
        }
    }

    /// <summary>Runs on an observer, which is no activation.</summary>
    internal async Task RunAsync(IGrainObserver observer)
    {
        try
        {
            _answer.TrySetResult(method.CopyResult(await method.InvokeAsync(observer, arguments)));
        }
#pragma warning disable CA1031 // Whatever an observer throws is its caller's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Reject(e);
        }
    }

    internal override void Reject(Exception reason)
    {
        _answer.TrySetException(reason);
        if (method.IsOneWay)
        {
            _ = _answer.Task.Exception;
        }
    }

    internal override void Forward(Silo silo) => silo.Cluster.Dispatch(this, silo);

    // Cancelling runs the grain's callbacks, so it is a turn of the grain.
    private void CancelAtTarget()
    {
        Debug.Assert(_cancellation is not null, "Only linked requests are cancelled.");
        if (_runningOn is { } activation)
        {
            activation.Receive(new LocalTurn(_cancellation.CancelAsync, interleaves: true, keepsAlive: false));
        }
        else
        {
            _cancellation.Cancel();
        }
    }
}
