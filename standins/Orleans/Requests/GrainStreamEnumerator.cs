using Orleans.Serialization;

namespace Orleans.Runtime;

internal sealed class GrainStreamEnumerator<T> : IAsyncEnumerator<T>
{
    private readonly GrainReference _target;
    private readonly GrainMethod _method;
    private readonly object?[] _arguments;
    private readonly CancellationTokenSource _cancellation;
    private Activation? _activation;
    private IAsyncEnumerator<T>? _source;
    private bool _ended;

    internal GrainStreamEnumerator(GrainReference target, GrainMethod method, object?[] arguments, CancellationToken argument, CancellationToken enumeration)
    {
        _target = target;
        _method = method;
        _arguments = arguments;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(argument, enumeration);
        if (method.CancellationIndex >= 0)
        {
            arguments[method.CancellationIndex] = _cancellation.Token;
        }
    }

    public T Current { get; private set; } = default!;

    public async ValueTask<bool> MoveNextAsync()
    {
        if (_ended)
        {
            return false;
        }

        _cancellation.Token.ThrowIfCancellationRequested();
        var step = new StreamStep(_target, MoveAsync, _activation);
        var gateway = _target.Caller.Gateway;
        if (_activation is null)
        {
            gateway.Cluster.Dispatch(step, _target, gateway);
        }
        else
        {
            _activation.Receive(step);
        }

        try
        {
            // The grain is told of the cancellation through its token; the consumer does not wait for its answer.
            var moved = await step.Answer.WaitAsync(_cancellation.Token);
            _ended = !moved;
            return moved;
        }
        catch
        {
            _ended = true;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        await _cancellation.CancelAsync();
        if (_activation is { } activation && _source is { } source)
        {
            var step = new StreamStep(
                _target,
                async _ =>
                {
                    await source.DisposeAsync();
                    return false;
                },
                activation);
            activation.Receive(step);
            await step.Answer.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        _cancellation.Dispose();
    }

    // Runs on the grain.
    private async Task<bool> MoveAsync(Activation activation)
    {
        _activation = activation;
        _source ??= ((IAsyncEnumerable<T>)_method.Invoke(activation.Target(_target.Face), _arguments)!).GetAsyncEnumerator(_cancellation.Token);
        if (!await _source.MoveNextAsync())
        {
            return false;
        }

        Current = (T)DeepCopier.Copy(_source.Current)!;
        return true;
    }
}
