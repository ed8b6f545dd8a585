using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Cil.Api.Http;

/// <summary>Snapshots as server-sent events, to the last one, or until the silo stops: whoever listens then asks again.</summary>
internal static class EventStream
{
    private const string LastEventId = "Last-Event-ID";

    // Proxies cut what is silent for a minute. An event without data is none to a reader (the HTML standard, 9.2.6).
    private const string Alive = "alive";
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15), Reconnection = TimeSpan.FromSeconds(1);

    /// <param name="name">The events' type.</param>
    /// <param name="id">Of a snapshot: the same for the same content. Null where a reader cannot come again.</param>
    internal static IResult Of<T>(
        HttpContext http, string name, Func<CancellationToken, IAsyncEnumerable<T>> watch, Func<T, string>? id = null)
        where T : class
    {
        // Proxies that gather answers would keep events back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(ItemsAsync(http, name, watch, id));
    }

    /// <summary>The last event that a reader which comes again has seen; null for one that comes first.</summary>
    internal static string? LastSeen(HttpRequest request) => request.Headers[LastEventId].ToString() is { Length: > 0 } last ? last : null;

    private static async IAsyncEnumerable<SseItem<T?>> ItemsAsync<T>(
        HttpContext http, string name, Func<CancellationToken, IAsyncEnumerable<T>> watch,
        Func<T, string>? id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : class
    {
        CancellationToken stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        TimeProvider clock = http.RequestServices.GetRequiredService<TimeProvider>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, http.RequestAborted, stopping);
        await using IAsyncEnumerator<T> snapshots = watch(end.Token).GetAsyncEnumerator(end.Token);
        string? last = id is null ? null : LastSeen(http.Request);
        while (true)
        {
            Task<bool> next = snapshots.MoveNextAsync().AsTask();
            while (await IsSilentAsync(next, clock, end.Token)) yield return new SseItem<T?>(null, Alive);
            if (!await IsThereAsync(next, http)) yield break;
            if (id is null)
            {
                yield return new SseItem<T?>(snapshots.Current, name);
                continue;
            }

            string current = id(snapshots.Current);
            // The reader has it already.
            if (current != last)
                yield return new SseItem<T?>(snapshots.Current, name) { EventId = current, ReconnectionInterval = Reconnection };
            last = current;
        }
    }

    private static async Task<bool> IsSilentAsync(Task next, TimeProvider clock, CancellationToken end)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(end);
        var silence = Task.Delay(Silence, clock, over.Token);
        bool isSilent = await Task.WhenAny(next, silence) == silence && !end.IsCancellationRequested;
        await over.CancelAsync();
        return isSilent;
    }

    private static async Task<bool> IsThereAsync(Task<bool> next, HttpContext http)
    {
        try
        {
            return await next;
        }
        catch (Exception error) when (error is OperationCanceledException or OrleansException or TimeoutException)
        {
            // The answer ends before the work does, and that is how the listener knows.
            http.Abort();
            return false;
        }
    }
}
