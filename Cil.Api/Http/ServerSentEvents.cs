using System.Text.Json;
using Cil.Client.Http;
using Microsoft.AspNetCore.Http;
using Orleans.Runtime;

namespace Cil.Api.Http;

/// <summary>Snapshots as server-sent events, to the last one, or until the silo stops: whoever listens then asks again.</summary>
internal sealed class ServerSentEvents<T>(string name, Func<CancellationToken, IAsyncEnumerable<T>> watch, CancellationToken stopping) : IResult
{
    // Proxies cut what is silent for a minute.
    private static readonly TimeSpan Comment = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        await response.Body.FlushAsync(end.Token);
        try
        {
            await using IAsyncEnumerator<T> snapshots = watch(end.Token).GetAsyncEnumerator(end.Token);
            while (true)
            {
                Task<bool> next = snapshots.MoveNextAsync().AsTask();
                while (await Task.WhenAny(next, Task.Delay(Comment, end.Token)) != next && !end.IsCancellationRequested) await WriteAsync(response, ":\n\n", end.Token);
                if (!await next) return;
                await WriteAsync(response, $"event: {name}\ndata: {JsonSerializer.Serialize(snapshots.Current, ApiJson.Options)}\n\n", end.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or OrleansException or TimeoutException)
        {
            // The answer ends before the work does, and that is how the listener knows.
            httpContext.Abort();
        }
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
