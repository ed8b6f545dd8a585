using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;

namespace Cil.Client.Http;

/// <summary>The client for services outside the cluster: the native HTTP API of a running service.</summary>
/// <param name="http">Its base address is the service's; its timeout holds for each call but those that follow a job.</param>
/// <remarks>Calls throw <see cref="HttpRequestException"/> while the service cannot be reached.</remarks>
public sealed class HttpCilClient(HttpClient http) : ICilClient
{
    private const string Statistics = "statistics/";

    // So often in a row a watched job may be out of reach before its watcher is told.
    private const int MostLosses = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default)
    {
        using var form = new MultipartFormDataContent();
        foreach ((string name, string value) in RequestForm.Write(request)) form.Add(new StringContent(value), name);
        // An id of our own, so that an answer that is lost does not become a second job.
        form.Add(new StringContent((id ?? RenderJobId.New()).Value), RequestForm.Id);
        form.Add(new ReadOnlyMemoryContent(image), RequestForm.Image, RequestForm.Image);
        if (!statistics.IsEmpty) form.Add(new ReadOnlyMemoryContent(statistics), RequestForm.Statistics, RequestForm.Statistics);
        using HttpResponseMessage answer = await http.PostAsync(new Uri("api/jobs", UriKind.Relative), form, cancellationToken);
        return (await ReadAsync<JobSnapshot>(answer, cancellationToken))!;
    }

    public Task<JobSnapshot?> GetAsync(RenderJobId id) => GetAsync<JobSnapshot>(Of(id), default);

    public async Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        string tenant = query.Tenant is { } name ? $"&tenant={Uri.EscapeDataString(name)}" : "", after = query.From is { } place ? $"&after={place}" : query.After is { } last ? $"&after={last}" : "";
        string address = string.Create(CultureInfo.InvariantCulture, $"api/jobs?limit={query.Limit}&order={(query.OldestFirst ? "asc" : "desc")}{tenant}{after}");
        try
        {
            return (await GetAsync<ApiPage>(address, cancellationToken))!.Jobs;
        }
        catch (RequestRefusedException refused)
        {
            throw new ArgumentException(refused.Message, nameof(query), refused);
        }
    }

    public IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default) => FollowAsync<JobSnapshot>(
        () => new HttpRequestMessage(HttpMethod.Get, $"{Of(id)}/events"), snapshot => snapshot.IsFinished, cancellationToken);

    public IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(StatisticsRequest request, CancellationToken cancellationToken = default) => FollowAsync<StatisticsSnapshot>(
        () => new HttpRequestMessage(HttpMethod.Post, "api/statistics") { Content = JsonContent.Create(request, options: ApiJson.Options) }, snapshot => snapshot.IsFinished, cancellationToken);

    public Task CancelAsync(RenderJobId id) => PostAsync<JobSnapshot>($"{Of(id)}/cancel");

    public Task<JobSnapshot?> PauseAsync(RenderJobId id) => PostAsync<JobSnapshot>($"{Of(id)}/pause");

    public Task<JobSnapshot?> UnpauseAsync(RenderJobId id) => PostAsync<JobSnapshot>($"{Of(id)}/unpause");

    public Task<JobSnapshot?> RetryAsync(RenderJobId id) => PostAsync<JobSnapshot>($"{Of(id)}/retry");

    public async Task<bool> DeleteAsync(RenderJobId id)
    {
        using HttpResponseMessage answer = await http.DeleteAsync(new Uri(Of(id), UriKind.Relative));
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        _ = await ReadAsync<object>(answer, default);
        return true;
    }

    public async Task<string?> WhyAsync(RenderJobId id) => (await GetAsync<ApiReason>($"{Of(id)}/why", default))?.Reason;

    public async Task<QueueStatus> QueueAsync() => (await GetAsync<QueueStatus>("api/queue", default))!;

    public Task PauseQueueAsync(string? tenant = null) => PostAsync<object>($"api/queue/pause{Tenant(tenant)}");

    public Task UnpauseQueueAsync(string? tenant = null) => PostAsync<object>($"api/queue/unpause{Tenant(tenant)}");

    public async Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri(Medium(blob), UriKind.Relative), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw new FileNotFoundException($"{blob}: not in storage");
        if (!answer.IsSuccessStatusCode) _ = await ReadAsync<object>(answer, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static string Of(RenderJobId id) => $"api/jobs/{id}";

    private static string Tenant(string? tenant) => tenant is null ? "" : $"?tenant={Uri.EscapeDataString(tenant)}";

    // Snapshots name blobs; the API knows a job's by what they are.
    private static string Medium(string blob) => blob.Split('/') switch
    {
        ["jobs", var job, var file] when file.Split('.')[0] is "video" or "poster" or "preview" => $"api/jobs/{job}/{file.Split('.')[0]}",
        ["statistics", var id, _] => $"api/{Statistics}{id}",
        _ => throw new FileNotFoundException($"{blob}: no video, poster, preview or statistics"),
    };

    private async Task<T?> GetAsync<T>(string address, CancellationToken cancellationToken)
        where T : class
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri(address, UriKind.Relative), cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    private async Task<T?> PostAsync<T>(string address)
        where T : class
    {
        using HttpResponseMessage answer = await http.PostAsync(new Uri(address, UriKind.Relative), content: null);
        return await ReadAsync<T>(answer, default);
    }

    // Null for what is not there.
    private static async Task<T?> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
        where T : class
    {
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent) return null;
        if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellationToken);
        throw await ExplainAsync(answer, cancellationToken);
    }

    private static async Task<Exception> ExplainAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        ApiError? error = null;
        try
        {
            error = await answer.Content.ReadFromJsonAsync<ApiError>(ApiJson.Options, cancellationToken);
        }
        catch (JsonException)
        {
            // Something between us and the service answered.
        }

        return (answer.StatusCode, error) switch
        {
            (HttpStatusCode.BadRequest, { Faults.Count: > 0 }) => new RequestRefusedException(error.Faults),
            (HttpStatusCode.TooManyRequests, not null) => new QueueFullException(error.Message, Wait(answer.Headers.RetryAfter)),
            _ => new HttpRequestException($"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {error?.Message ?? answer.ReasonPhrase}", null, answer.StatusCode),
        };
    }

    private static TimeSpan Wait(RetryConditionHeaderValue? header) => header?.Delta ?? Pause;

    // A service that restarts, or a coordinator that is lost, breaks the answer off: the watch goes on where it is again.
    private async IAsyncEnumerable<T> FollowAsync<T>(
        Func<HttpRequestMessage> request, Func<T, bool> isLast, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        for (int losses = 0; ; losses++)
        {
            bool mayBeLost = losses < MostLosses;
            await using IAsyncEnumerator<Said<T>> events = EventsAsync<T>(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, mayBeLost) is { } said)
            {
                if (said.Snapshot is not { } snapshot) yield break;
                (losses, mayBeLost) = (0, true);
                yield return snapshot;
                if (isLast(snapshot)) yield break;
            }

            if (!mayBeLost) throw new HttpRequestException($"{http.BaseAddress}: the answer ended before the work did");
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async IAsyncEnumerable<Said<T>> EventsAsync<T>(Func<HttpRequestMessage> request, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        const string Data = "data: ";
        using HttpRequestMessage message = request();
        using HttpResponseMessage answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            yield return new Said<T>(null);
            yield break;
        }

        if (!answer.IsSuccessStatusCode) throw await ExplainAsync(answer, cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            if (line.StartsWith(Data, StringComparison.Ordinal)) yield return new Said<T>(JsonSerializer.Deserialize<T>(line.AsSpan(Data.Length), ApiJson.Options));
    }

    private static async Task<Said<T>?> NextAsync<T>(IAsyncEnumerator<Said<T>> events, bool mayBeLost)
        where T : class
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (Exception error) when (mayBeLost && error is HttpRequestException { StatusCode: null or >= HttpStatusCode.InternalServerError } or IOException)
        {
            return null;
        }
    }

    // No snapshot: there is no such job.
    private sealed record Said<T>(T? Snapshot);
}
