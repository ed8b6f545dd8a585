namespace Cil.Client.Jobs;

/// <summary>Fetches pictures from addresses that requests name, where the operator allows that.</summary>
public interface IPictureFetcher
{
    /// <summary>Gets what is at an address.</summary>
    /// <param name="limit">In bytes; more is an error.</param>
    /// <param name="receive">Reads the content to its end.</param>
    /// <returns>Why it was not fetched; null where it was.</returns>
    Task<string?> FetchAsync(string url, long limit, Func<Stream, CancellationToken, Task> receive, CancellationToken cancellationToken);
}
