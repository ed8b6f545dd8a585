using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;

namespace Cil.Client.Http;

/// <summary>
/// Reads server-sent events to the end of the work. A service that restarts, or a coordinator that is lost, breaks the answer off: the
/// watch goes on where it is again.
/// </summary>
internal sealed class EventFollower(ApiConnection connection)
{
    private const string LastEventId = "Last-Event-ID", MediaType = "text/event-stream";

    // So often in a row a watched job may be out of reach before its watcher is told.
    private const int MostLosses = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    internal async IAsyncEnumerable<TSnapshot> FollowAsync<TContract, TSnapshot>(
        Func<HttpRequestMessage> request, Func<TContract, TSnapshot> read, Func<TSnapshot, bool> isLast,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TContract : class
    {
        string? lastId = null;
        for (int losses = 0; ; losses++)
        {
            bool mayBeLost = losses < MostLosses;
            await using IAsyncEnumerator<Event<TContract>> events =
                EventsAsync<TContract>(request, lastId, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, mayBeLost) is { } next)
            {
                if (next.Snapshot is not { } contract) yield break;
                TSnapshot snapshot = read(contract);
                (losses, mayBeLost, lastId) = (0, true, next.Id ?? lastId);
                yield return snapshot;
                if (isLast(snapshot)) yield break;
            }

            if (!mayBeLost)
                throw new CilApiException(null, CilApiException.Unreachable, $"{connection.Address}: the answer ended before the work did");
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async IAsyncEnumerable<Event<T>> EventsAsync<T>(
        Func<HttpRequestMessage> request, string? lastId, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        HttpRequestMessage message = request();
        if (lastId is not null) message.Headers.Add(LastEventId, lastId);
        using HttpResponseMessage answer = await connection.SendAsync(message, cancellationToken, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            yield return new Event<T>(null, null);
            yield break;
        }

        if (!answer.IsSuccessStatusCode) throw await ApiErrors.OfAsync(answer, cancellationToken);
        if (answer.Content.Headers.ContentType?.MediaType != MediaType) throw ConnectionErrors.Foreign(answer);
        await using Stream content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        // Without data: a sign that the connection is alive.
        var events = SseParser.Create(content, (_, data) => data.IsEmpty ? null : JsonSerializer.Deserialize<T>(data, ApiJson.Options));
        await foreach (SseItem<T?> item in events.EnumerateAsync(cancellationToken))
            if (item.Data is { } snapshot) yield return new Event<T>(snapshot, string.IsNullOrEmpty(item.EventId) ? null : item.EventId);
    }

    private static async Task<Event<T>?> NextAsync<T>(IAsyncEnumerator<Event<T>> events, bool mayBeLost)
        where T : class
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (Exception error) when (mayBeLost && error is CilApiException { IsTransient: true } or IOException or HttpRequestException)
        {
            return null;
        }
    }

    // No snapshot: there is no such job.
    private sealed record Event<T>(T? Snapshot, string? Id);
}
