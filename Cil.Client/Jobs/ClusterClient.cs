using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cil.Client.Contracts;
using Cil.Client.Diagnostics;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;
using Orleans.Runtime;

namespace Cil.Client.Jobs;

/// <summary>The client for services inside the cluster: grains for words, storage for media.</summary>
public sealed class ClusterClient(IGrainFactory grains, IMediaAccess media, IPictureCheck pictures) : ICilClient, IRequestCheck
{
    // So often in a row a job may be out of reach before its watcher is told; each takes up to the client's response timeout.
    private const int MostLosses = 10, MostListed = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default) =>
        (await SubmitAsync(request, Upload.Of(image), id, statistics.IsEmpty ? null : Upload.Of(statistics), cancellationToken)).Job;

    public async Task<Receipt> SubmitAsync(
        RenderRequest request, Upload image, RenderJobId? id = null, Upload? statistics = null, CancellationToken cancellationToken = default)
    {
        RenderJobId job = id ?? RenderJobId.New();
        using Activity? span = ClientActivities.BeginSubmit(job, request.Model);
        string input = InputNames.Image(job, await DigestAsync(image, cancellationToken));
        string init = statistics is null ? request.AnalyticInit : InputNames.Statistics(job, await DigestAsync(statistics, cancellationToken));
        request = request with { ImageBlob = input, AnalyticInit = init };
        if (await CheckAsync(request, image, job, cancellationToken) is { Count: > 0 } faults) throw new RequestRefusedException(faults);
        // Media first: a job must never be accepted without them.
        await PutAsync(input, image, cancellationToken);
        if (statistics is not null) await PutAsync(init, statistics, cancellationToken);
        return await Grain(job).SubmitAsync(request) switch
        {
            Submission.Accepted accepted => new Receipt(accepted.Job, accepted.IsNew),
            Submission.Busy busy => throw new QueueFullException(busy.Reason, busy.RetryAfter),
            Submission.Refused refused => throw new RequestRefusedException(refused.Faults),
            Submission.Mismatch other => throw RequestMismatchException.Of(job, other.Fields),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    public async Task<IReadOnlyList<RequestError>> CheckAsync(
        RenderRequest request, Upload? image, RenderJobId? id = null, CancellationToken cancellationToken = default)
    {
        RenderJobId job = id ?? RenderJobId.New();
        string field = Contracts.JobFields.Image;
        string? error = image is null ? "a file with the picture; nothing was sent" : await pictures.ErrorAsync(image, cancellationToken);
        // Stands for the picture's blob where there is none yet, so that the other fields are checked all the same.
        RenderRequest named = request.ImageBlob.Length > 0 ? request : request with { ImageBlob = field };
        IReadOnlyList<RequestError> others = await Grain(job).CheckAsync(named);
        return error is null ? others : [new RequestError(field, error), .. others];
    }

    public Task<JobSnapshot?> GetAsync(RenderJobId id) => Grain(id).GetAsync();

    public async Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > MostListed) throw new ArgumentException($"limit: 1 to {MostListed}, got {query.Limit}", nameof(query));
        var found = new List<JobSnapshot>();
        while (true)
        {
            int wanted = query.Limit - found.Count;
            IReadOnlyList<JobCursor> page = await grains.GetGrain<IJobIndexGrain>(0).PageAsync(query with { Limit = wanted }).WaitAsync(cancellationToken);
            found.AddRange((await Task.WhenAll(page.Select(place => GetAsync(place.Job))).WaitAsync(cancellationToken)).OfType<JobSnapshot>());
            // One that was deleted in the meantime is not there any more: a page that is not full must be the last.
            if (page.Count < wanted || found.Count == query.Limit) return found;
            query = query with { After = null, From = page[^1] };
        }
    }

    public IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        FollowAsync(() => Grain(id).WatchAsync(cancellationToken), (next, last) => next.IsLike(last), cancellationToken);

    public async IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(
        StatisticsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IDatasetStatisticsGrain grain = grains.GetGrain<IDatasetStatisticsGrain>(request.Id().Value);
        if (await grain.BuildAsync(request) is StatisticsAnswer.Refused refused) throw new RequestRefusedException(refused.Faults);
        await using CancellationTokenRegistration cancel = cancellationToken.Register(() => _ = grain.CancelAsync());
        // Not the caller's token: the last snapshot says that it is cancelled.
        await foreach (StatisticsSnapshot snapshot in FollowAsync(() => grain.WatchAsync(CancellationToken.None), (next, last) => next == last, CancellationToken.None)) yield return snapshot;
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task CancelAsync(RenderJobId id) => Grain(id).CancelAsync();

    public Task<JobSnapshot?> PauseAsync(RenderJobId id) => Grain(id).PauseAsync();

    public Task<JobSnapshot?> UnpauseAsync(RenderJobId id) => Grain(id).UnpauseAsync();

    public Task<JobSnapshot?> RetryAsync(RenderJobId id) => Grain(id).RetryAsync();

    public Task<bool> DeleteAsync(RenderJobId id) => Grain(id).DeleteAsync();

    public Task<string?> WhyAsync(RenderJobId id) => Queue.QueueReasonAsync(id);

    public Task<QueueStatus> QueueAsync() => Queue.StatusAsync();

    public Task PauseQueueAsync(string? tenant = null) => Queue.PauseAsync(tenant);

    public Task UnpauseQueueAsync(string? tenant = null) => Queue.UnpauseAsync(tenant);

    public Task<TenantSnapshot> TenantAsync(string tenant) => grains.GetGrain<ITenantGrain>(tenant).GetAsync();

    public async Task<IReadOnlyList<TenantSnapshot>> TenantsAsync() =>
        await Task.WhenAll((await QueueAsync()).Tenants.Select(tenant => TenantAsync(tenant.Tenant)));

    public Task<TenantSnapshot> SetQuotaAsync(string tenant, TenantQuota quota) => grains.GetGrain<ITenantGrain>(tenant).SetQuotaAsync(quota);

    public async Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default) =>
        await media.GetAsync(blob, cancellationToken) ?? throw new FileNotFoundException($"{blob}: not in storage");

    // The coordinator may be lost with its silo while it is watched: another silo takes the work up, and the watch goes on there.
    // What it says again without anything having happened is not passed on.
    private static async IAsyncEnumerable<T> FollowAsync<T>(
        Func<IAsyncEnumerable<T>> watch, Func<T, T, bool> isSame, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        T? last = null;
        for (int losses = 0; losses <= MostLosses; losses++)
        {
            IAsyncEnumerator<T> snapshots = watch().GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(snapshots, mayBeLost: losses < MostLosses) is { } next)
            {
                if (!next.More)
                {
                    await snapshots.DisposeAsync();
                    yield break;
                }

                losses = 0;
                if (last is not null && isSame(snapshots.Current, last)) continue;
                yield return last = snapshots.Current;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    // Null when the coordinator was lost.
    private static async Task<Answer?> NextAsync<T>(IAsyncEnumerator<T> snapshots, bool mayBeLost)
    {
        try
        {
            return new Answer(await snapshots.MoveNextAsync());
        }
        catch (Exception error) when (mayBeLost && error is not OperationCanceledException)
        {
            // Also what it could not read or write: another activation may.
            return null;
        }
    }

    private static async Task<string> DigestAsync(Upload upload, CancellationToken cancellationToken)
    {
        await using Stream content = upload.Open();
        return await InputNames.DigestAsync(content, cancellationToken);
    }

    private async Task PutAsync(string name, Upload upload, CancellationToken cancellationToken)
    {
        await using Stream content = upload.Open();
        await media.PutAsync(name, content, cancellationToken);
    }

    private IWorkQueueGrain Queue => grains.GetGrain<IWorkQueueGrain>(0);

    private IRenderJobGrain Grain(RenderJobId id) => grains.GetGrain<IRenderJobGrain>(id.Value);

    private sealed record Answer(bool More);
}
