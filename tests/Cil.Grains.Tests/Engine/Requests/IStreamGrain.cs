namespace Cil.Grains.Tests.Engine.Requests;

public interface IStreamGrain : IGrainWithStringKey
{
    IAsyncEnumerable<int> Count(int to);

    IAsyncEnumerable<int> FailAfter(int count);

    IAsyncEnumerable<int> Endless(CancellationToken cancellationToken = default);

    Task Wait(CancellationToken cancellationToken);

    Task<bool> IsCancelled(CancellationToken cancellationToken);
}
