using System.Runtime.CompilerServices;
using Cil.Grains.Tests.Engine.Cluster;

namespace Cil.Grains.Tests.Engine.Requests;

public sealed class StreamGrain(Gates gates) : Grain, IStreamGrain
{
    public async IAsyncEnumerable<int> Count(int to)
    {
        for (int i = 0; i < to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    public async IAsyncEnumerable<int> FailAfter(int count)
    {
        for (int i = 0; i < count; i++) yield return i;
        await Task.Yield();
        throw new ArgumentException("the source has run dry");
    }

    public async IAsyncEnumerable<int> Endless([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                yield return i;
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            gates.Record("the stream has ended");
        }
    }

    public async Task Wait(CancellationToken cancellationToken)
    {
        gates.Record("waiting");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            gates.Record(cancellationToken.IsCancellationRequested ? "cancelled" : "not cancelled");
        }
    }

    public Task<bool> IsCancelled(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.IsCancellationRequested);
}
