using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;

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
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default) =>
        (await SubmitAsync(request, Upload.Of(image), id, statistics.IsEmpty ? null : Upload.Of(statistics), cancellationToken)).Job;

    public async Task<Receipt> SubmitAsync(
        RenderRequest request, Upload image, RenderJobId? id = null, Upload? statistics = null, CancellationToken cancellationToken = default)
    {
        using var form = new MultipartFormDataContent();
        foreach ((string name, string value) in JobFields.Write(request)) form.Add(new StringContent(value), name);
        // An id of our own, so that an answer that is lost does not become a second job.
        form.Add(new StringContent((id ?? RenderJobId.New()).Value), JobFields.Id);
        form.Add(new StreamContent(image.Open()), JobFields.Image, JobFields.Image);
        if (statistics is not null) form.Add(new StreamContent(statistics.Open()), JobFields.Statistics, JobFields.Statistics);
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/jobs") { Content = form };
        // What is refused for its size or its key is refused before it is sent: else the answer would be lost with the connection.
        message.Headers.ExpectContinue = true;
        using HttpResponseMessage answer = await http.SendAsync(message, cancellationToken);
        return new Receipt((await ReadAsync<ApiJob>(answer, cancellationToken))!.FromApi(), answer.StatusCode == HttpStatusCode.Created);
    }

    public async Task<JobSnapshot?> GetAsync(RenderJobId id) => (await GetAsync<ApiJob>(Of(id), default))?.FromApi();

    public async Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        string tenant = query.Tenant is { } name ? $"&tenant={Uri.EscapeDataString(name)}" : "", after = query.From is { } place ? $"&after={place}" : query.After is { } last ? $"&after={last}" : "";
        string address = string.Create(CultureInfo.InvariantCulture, $"api/jobs?limit={query.Limit}&order={(query.OldestFirst ? "asc" : "desc")}{tenant}{after}");
        try
        {
            return [.. (await GetAsync<ApiJobPage>(address, cancellationToken))!.Jobs.Select(job => job.FromApi())];
        }
        catch (RequestRefusedException refused)
        {
            throw new ArgumentException(refused.Message, nameof(query), refused);
        }
    }

    public IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default) => FollowAsync<ApiJob, JobSnapshot>(
        () => new HttpRequestMessage(HttpMethod.Get, $"{Of(id)}/events"), job => job.FromApi(), snapshot => snapshot.IsFinished, cancellationToken);

    public IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(StatisticsRequest request, CancellationToken cancellationToken = default) => FollowAsync<ApiStatistics, StatisticsSnapshot>(
        () => new HttpRequestMessage(HttpMethod.Post, "api/statistics") { Content = JsonContent.Create(request.ToApi(), options: ApiJson.Options) },
        statistics => statistics.FromApi(), snapshot => snapshot.IsFinished, cancellationToken);

    public Task CancelAsync(RenderJobId id) => PostAsync<ApiJob>($"{Of(id)}/cancel");

    public async Task<JobSnapshot?> PauseAsync(RenderJobId id) => (await PostAsync<ApiJob>($"{Of(id)}/pause"))?.FromApi();

    public async Task<JobSnapshot?> UnpauseAsync(RenderJobId id) => (await PostAsync<ApiJob>($"{Of(id)}/unpause"))?.FromApi();

    public async Task<JobSnapshot?> RetryAsync(RenderJobId id) => (await PostAsync<ApiJob>($"{Of(id)}/retry"))?.FromApi();

    public async Task<bool> DeleteAsync(RenderJobId id)
    {
        using HttpResponseMessage answer = await http.DeleteAsync(new Uri(Of(id), UriKind.Relative));
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        _ = await ReadAsync<object>(answer, default);
        return true;
    }

    public async Task<string?> WhyAsync(RenderJobId id) => (await GetAsync<ApiReason>($"{Of(id)}/why", default))?.Reason;

    public async Task<QueueStatus> QueueAsync() => (await GetAsync<ApiQueueStatus>("api/queue", default))!.FromApi();

    public Task PauseQueueAsync(string? tenant = null) => PostAsync<object>($"api/queue/pause{Tenant(tenant)}");

    public Task UnpauseQueueAsync(string? tenant = null) => PostAsync<object>($"api/queue/unpause{Tenant(tenant)}");

    public async Task<TenantSnapshot> TenantAsync(string tenant) => (await GetAsync<ApiTenant>($"api/tenants/{Uri.EscapeDataString(tenant)}", default))!.FromApi();

    public async Task<IReadOnlyList<TenantSnapshot>> TenantsAsync() => [.. (await GetAsync<List<ApiTenant>>("api/tenants", default))!.Select(tenant => tenant.FromApi())];

    public async Task<TenantSnapshot> SetQuotaAsync(string tenant, TenantQuota quota)
    {
        using HttpResponseMessage answer = await http.PutAsJsonAsync(new Uri($"api/tenants/{Uri.EscapeDataString(tenant)}/quota", UriKind.Relative), quota.ToApi(), ApiJson.Options);
        return (await ReadAsync<ApiTenant>(answer, default))!.FromApi();
    }

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
        ApiProblem? problem = null;
        try
        {
            problem = await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options, cancellationToken);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            // Something between us and the service answered.
        }

        string reason = problem?.Detail ?? problem?.Title ?? answer.ReasonPhrase ?? "no reason given";
        return (answer.StatusCode, problem) switch
        {
            (HttpStatusCode.BadRequest, { Errors.Count: > 0 }) => new RequestRefusedException([.. problem.Errors.Select(error => error.FromApi())]),
            (HttpStatusCode.UnprocessableEntity, { Code: ApiProblem.Mismatch }) => new RequestMismatchException(reason),
            (HttpStatusCode.TooManyRequests, not null) => new QueueFullException(reason, Wait(answer.Headers.RetryAfter)),
            _ => new HttpRequestException($"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {reason}", null, answer.StatusCode),
        };
    }

    private static TimeSpan Wait(RetryConditionHeaderValue? header) => header?.Delta ?? Pause;

    // A service that restarts, or a coordinator that is lost, breaks the answer off: the watch goes on where it is again.
    private async IAsyncEnumerable<TSnapshot> FollowAsync<TContract, TSnapshot>(
        Func<HttpRequestMessage> request, Func<TContract, TSnapshot> read, Func<TSnapshot, bool> isLast, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TContract : class
    {
        for (int losses = 0; ; losses++)
        {
            bool mayBeLost = losses < MostLosses;
            await using IAsyncEnumerator<Said<TContract>> events = EventsAsync<TContract>(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events, mayBeLost) is { } said)
            {
                if (said.Snapshot is not { } contract) yield break;
                TSnapshot snapshot = read(contract);
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
        using HttpRequestMessage message = request();
        using HttpResponseMessage answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            yield return new Said<T>(null);
            yield break;
        }

        if (!answer.IsSuccessStatusCode) throw await ExplainAsync(answer, cancellationToken);
        await using Stream content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        // Without data: a sign that the connection is alive.
        SseParser<T?> events = SseParser.Create(content, (_, data) => data.IsEmpty ? null : JsonSerializer.Deserialize<T>(data, ApiJson.Options));
        await foreach (SseItem<T?> item in events.EnumerateAsync(cancellationToken))
            if (item.Data is { } snapshot) yield return new Said<T>(snapshot);
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
