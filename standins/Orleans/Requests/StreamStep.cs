namespace Orleans.Runtime;

/// <summary>One step of a stream's enumeration. Later steps belong to the activation of the first.</summary>
internal sealed class StreamStep(GrainReference target, Func<Activation, Task<bool>> run, Activation? begunOn) : Turn
{
    private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<bool> Answer => _answer.Task;

    internal GrainReference Target => target;

    internal override bool IsAlwaysInterleave => true;

    internal override Dictionary<string, object>? Context { get; } = RequestContext.Current;

    internal override async Task RunAsync(Activation activation)
    {
        try
        {
            _answer.TrySetResult(await run(activation));
        }
#pragma warning disable CA1031 // Whatever a grain throws is its caller's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _answer.TrySetException(e);
        }
    }

    internal override void Reject(Exception reason) => _answer.TrySetException(reason);

    internal override void Forward(Silo silo)
    {
        if (begunOn is null)
        {
            silo.Cluster.Dispatch(this, target, silo);
        }
        else
        {
            Reject(new EnumerationAbortedException("Enumeration aborted: the remote target does not have a record of this enumerator. This likely indicates that the remote grain was deactivated since enumeration begun or that the enumerator was idle for longer than the expiration period."));
        }
    }
}
