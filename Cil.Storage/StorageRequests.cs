namespace Cil.Storage;

/// <summary>
/// Requests to a storage service: each has its time, and what the service cannot do now is for its callers as a disk that
/// fails.
/// </summary>
/// <param name="timeout">How long one request may take, and a second more for each mebibyte that it carries; null for 5 s.</param>
/// <param name="refusal">What the service, or the network, says in an exception of its SDK; null for any other exception.</param>
internal sealed class StorageRequests(TimeSpan? timeout, Func<Exception, string?> refusal)
{
    // A connection that is alive and silent is given up after the timeout, and a second for each mebibyte that it carries: a
    // grain's turn waits for it.
    private const double SlowestBytesPerSecond = 1 << 20;

    // Before each further attempt to open: a service that begins while storage is out of reach for some seconds begins all the same.
    private static readonly TimeSpan[] OpeningPauses = [.. new[] { 0.25, 0.5, 1, 2, 4 }.Select(TimeSpan.FromSeconds)];

    private static readonly TimeSpan StandardTimeout = TimeSpan.FromSeconds(5);

    private readonly TimeSpan timeout = timeout ?? StandardTimeout;

    /// <param name="name">What the request is about, for messages.</param>
    /// <param name="bytes">What it carries.</param>
    /// <exception cref="IOException">The service refuses, or does not answer in time.</exception>
    internal async Task<T> CallAsync<T>(
        string name, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken, long bytes = 0)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout + TimeSpan.FromSeconds(bytes / SlowestBytesPerSecond));
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{name}: the storage service did not answer in time", late);
        }
        catch (Exception refused) when (refusal(refused) is { } words)
        {
            // An SDK may tell a cancellation as a failed request.
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"{name}: the storage service says {words}", refused);
        }
    }

    /// <summary>Makes a call until it succeeds, for some seconds.</summary>
    /// <exception cref="IOException">It has not succeeded.</exception>
    internal Task OpenAsync<T>(string name, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        StorageRetry.Build(OpeningPauses, TimeProvider.System)
            .ExecuteAsync(async token => await CallAsync(name, call, token), cancellationToken)
            .AsTask();
}
