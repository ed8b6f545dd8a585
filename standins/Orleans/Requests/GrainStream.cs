namespace Orleans.Runtime;

/// <summary>
/// A stream from a grain. The grain's method is called when enumeration starts; each step is a turn of the grain that
/// interleaves with its requests, and each item is copied.
/// </summary>
internal sealed class GrainStream<T>(GrainReference target, GrainMethod method, object?[] arguments) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var own = (object?[])arguments.Clone();
        method.CopyArguments(own);
        var argument = method.CancellationIndex >= 0 ? (CancellationToken)own[method.CancellationIndex]! : default;
        return new GrainStreamEnumerator<T>(target, method, own, argument, cancellationToken);
    }
}
