using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;

namespace Cil.Client.Http;

/// <summary>
/// The client for services outside the cluster: the native HTTP API of a running service. It may be used by several threads.
/// </summary>
/// <param name="http">
/// Its base address is the service's; its timeout holds for each call, for downloads and what is followed up to the beginning of the
/// answer. Calls are repeated only where its handlers do so, as those of <see cref="Hosting.CilClientServices.AddCilClient"/> do.
/// </param>
public sealed partial class HttpCilClient(HttpClient http) : ICilClient
{
    private readonly ApiConnection api = new(http);

    /// <inheritdoc/>
    public async Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default,
        CancellationToken cancellationToken = default) =>
        (await SubmitAsync(request, Upload.Of(image), id, statistics.IsEmpty ? null : Upload.Of(statistics), cancellationToken)).Job;

    /// <inheritdoc/>
    public async Task<Receipt> SubmitAsync(
        RenderRequest request, Upload image, RenderJobId? id = null,
        Upload? statistics = null, CancellationToken cancellationToken = default)
    {
        var form = new MultipartFormDataContent();
        foreach ((string name, string value) in JobFields.Write(request)) form.Add(new StringContent(value), name);
        // An id of our own, so that an answer that is lost does not become a second job.
        string job = (id ?? RenderJobId.New()).Value;
        form.Add(new StringContent(job), JobFields.Id);
        form.Add(new UploadContent(image), JobFields.Image, JobFields.Image);
        if (statistics is not null) form.Add(new UploadContent(statistics), JobFields.Statistics, JobFields.Statistics);
        HttpRequestMessage message = ApiConnection.Post("api/jobs", form, job);
        // What is refused for its size or its key is refused before it is sent: else the answer would be lost with the connection.
        message.Headers.ExpectContinue = true;
        using HttpResponseMessage answer = await api.SendAsync(message, cancellationToken);
        ApiJob accepted = await ApiConnection.ReadAsync<ApiJob>(answer, cancellationToken)
            ?? throw await ApiErrors.OfAsync(answer, cancellationToken);
        return new Receipt(accepted.FromApi(), answer.StatusCode == HttpStatusCode.Created);
    }

    /// <inheritdoc/>
    public async Task<JobSnapshot?> GetAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        (await api.GetAsync<ApiJob>(Of(id), cancellationToken))?.FromApi();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        try
        {
            return [.. (await api.RequireAsync<ApiJobPage>($"api/jobs{Page(query)}", cancellationToken)).Jobs.Select(job => job.FromApi())];
        }
        catch (RequestRefusedException refused)
        {
            throw new ArgumentException(refused.Message, nameof(query), refused);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        new EventFollower(api).FollowAsync<ApiJob, JobSnapshot>(
            () => new HttpRequestMessage(HttpMethod.Get, $"{Of(id)}/events"), job => job.FromApi(), job => job.IsFinished,
            cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(
        StatisticsRequest request, CancellationToken cancellationToken = default) =>
        new EventFollower(api).FollowAsync<ApiStatistics, StatisticsSnapshot>(
            () => ApiConnection.Post("api/statistics", JsonContent.Create(request.ToApi(), options: ApiJson.Options)),
            statistics => statistics.FromApi(), snapshot => snapshot.IsFinished, cancellationToken);

    /// <inheritdoc/>
    public Task CancelAsync(RenderJobId id, CancellationToken cancellationToken = default) => ActAsync(id, "cancel", cancellationToken);

    /// <inheritdoc/>
    public Task<JobSnapshot?> PauseAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        ActAsync(id, "pause", cancellationToken);

    /// <inheritdoc/>
    public Task<JobSnapshot?> UnpauseAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        ActAsync(id, "unpause", cancellationToken);

    /// <inheritdoc/>
    public Task<JobSnapshot?> RetryAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        ActAsync(id, "retry", cancellationToken);

    /// <inheritdoc/>
    public Task<JobSnapshot?> ApproveAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        ActAsync(id, "approve", cancellationToken);

    /// <inheritdoc/>
    public Task<JobSnapshot?> RejectAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        ActAsync(id, "reject", cancellationToken);

    /// <inheritdoc/>
    public Task<JobSnapshot?> SetPriorityAsync(RenderJobId id, int priority, CancellationToken cancellationToken = default) =>
        ActAsync(id, () => api.PutAsync<ApiJob>($"{Of(id)}/priority", new ApiPriority(priority), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(RenderJobId id, CancellationToken cancellationToken = default) => DeleteAsync(Of(id), cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> WhyAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        (await api.GetAsync<ApiReason>($"{Of(id)}/why", cancellationToken))?.Reason;

    private static string Page(JobQuery query)
    {
        string tenant = query.Tenant is { } name ? $"&tenant={Uri.EscapeDataString(name)}" : "";
        string after = query.From is { } place ? $"&after={place}" : query.After is { } last ? $"&after={last}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"?limit={query.Limit}&order={(query.OldestFirst ? "asc" : "desc")}{tenant}{after}");
    }

    private static string Of(RenderJobId id) => $"api/jobs/{id}";

    private async Task<bool> DeleteAsync(string address, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await api.SendAsync(new HttpRequestMessage(HttpMethod.Delete, address), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        _ = await ApiConnection.ReadAsync<object>(answer, cancellationToken);
        return true;
    }

    private Task<JobSnapshot?> ActAsync(RenderJobId id, string action, CancellationToken cancellationToken) =>
        ActAsync(id, () => api.PostAsync<ApiJob>($"{Of(id)}/{action}", cancellationToken), cancellationToken);

    // What its state does not allow does nothing to the job.
    private async Task<JobSnapshot?> ActAsync(RenderJobId id, Func<Task<ApiJob?>> act, CancellationToken cancellationToken)
    {
        try
        {
            return (await act())?.FromApi();
        }
        catch (CilApiException conflict) when (conflict.Code == ApiProblem.Conflict)
        {
            return await GetAsync(id, cancellationToken);
        }
    }
}
