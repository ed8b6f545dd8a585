using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cil.Client.Contracts;
using Cil.Client.Diagnostics;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;
using Orleans.Runtime;

namespace Cil.Client.Jobs;

/// <summary>The client for services inside the cluster: grains for words, storage for media.</summary>
public sealed partial class ClusterClient(IGrainFactory grains, IMediaAccess media, IPictureCheck pictures) : ICilClient, IRequestCheck,
    IJobDetails
{
    // So often in a row a job may be out of reach before its watcher is told; each takes up to the client's response timeout.
    private const int MostLosses = 10, MostListed = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null,
        ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default) =>
        (await SubmitAsync(request, Upload.Of(image), id, statistics.IsEmpty ? null : Upload.Of(statistics), cancellationToken)).Job;

    public async Task<Receipt> SubmitAsync(
        RenderRequest request, Upload image, RenderJobId? id = null,
        Upload? statistics = null, CancellationToken cancellationToken = default)
    {
        RenderJobId job = id ?? RenderJobId.New();
        using Activity? span = ClientActivities.BeginSubmit(job, request.Model);
        string input = InputNames.Image(job, await DigestAsync(image, cancellationToken));
        string init = statistics is null
            ? request.AnalyticInit
            : InputNames.Statistics(job, await DigestAsync(statistics, cancellationToken));
        request = request with { ImageBlob = input, AnalyticInit = init };
        if (await CheckAsync(request, image, job, cancellationToken) is { Count: > 0 } faults) throw new RequestRefusedException(faults);
        // Media first: a job must never be accepted without them.
        await PutAsync(input, image, cancellationToken);
        if (statistics is not null) await PutAsync(init, statistics, cancellationToken);
        return await Grain(job).SubmitAsync(request) switch
        {
            Submission.Accepted accepted => new Receipt(accepted.Job, accepted.IsNew),
            var other => throw Explain(job, other),
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

    public Task<JobSnapshot?> GetAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).GetAsync().WaitAsync(cancellationToken);

    public Task<JobDetails?> DetailsAsync(RenderJobId id) => Grain(id).DetailsAsync();

    public async Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > MostListed) throw new ArgumentException($"limit: 1 to {MostListed}, got {query.Limit}", nameof(query));
        return await PageAsync(IJobIndexGrain.Jobs, query, place => GetAsync(place.Job, cancellationToken), cancellationToken);
    }

    private async Task<IReadOnlyList<T>> PageAsync<T>(
        long index, JobQuery query, Func<JobCursor, Task<T?>> get, CancellationToken cancellationToken)
        where T : class
    {
        var found = new List<T>();
        while (true)
        {
            int wanted = query.Limit - found.Count;
            IReadOnlyList<JobCursor> page = await grains.GetGrain<IJobIndexGrain>(index)
                .PageAsync(query with { Limit = wanted })
                .WaitAsync(cancellationToken);
            found.AddRange((await Task.WhenAll(page.Select(get))).OfType<T>());
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
        await foreach (StatisticsSnapshot snapshot in FollowAsync(
            () => grain.WatchAsync(CancellationToken.None), (next, last) => next == last, CancellationToken.None))
        {
            yield return snapshot;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public async Task CancelAsync(RenderJobId id, CancellationToken cancellationToken = default)
    {
        if (await GetAsync(id, cancellationToken) is null
            && !await grains.GetGrain<IEarlyCancelsGrain>(0).AddAsync(id).WaitAsync(cancellationToken))
        {
            throw new QueueFullException($"job '{id}' is not known, and as many unknown jobs are cancelled as may be", Pause);
        }

        await Grain(id).CancelAsync().WaitAsync(cancellationToken);
    }

    public Task<JobSnapshot?> PauseAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).PauseAsync().WaitAsync(cancellationToken);

    public Task<JobSnapshot?> UnpauseAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).UnpauseAsync().WaitAsync(cancellationToken);

    public Task<JobSnapshot?> RetryAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).RetryAsync().WaitAsync(cancellationToken);

    public Task<bool> DeleteAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).DeleteAsync().WaitAsync(cancellationToken);

    public Task<JobSnapshot?> ApproveAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).ApproveAsync().WaitAsync(cancellationToken);

    public Task<JobSnapshot?> RejectAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Grain(id).RejectAsync().WaitAsync(cancellationToken);

    public Task<JobSnapshot?> SetPriorityAsync(RenderJobId id, int priority, CancellationToken cancellationToken = default) =>
        priority is >= -RenderRequest.MaxPriority and <= RenderRequest.MaxPriority
            ? Grain(id).SetPriorityAsync(priority).WaitAsync(cancellationToken)
            : throw new RequestRefusedException([RequestError.Of(
                nameof(RenderRequest.Priority), $"-{RenderRequest.MaxPriority} to {RenderRequest.MaxPriority}, got {priority}")]);

    public async Task<string?> WhyAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        await Queue.QueueReasonAsync(id).WaitAsync(cancellationToken) ?? await GetAsync(id, cancellationToken) switch
        {
            { State: JobState.AwaitingApproval, ApproveBy: { } end } => $"Its draft waits to be approved, until {end:u}.",
            { State: JobState.Queued, After: { } jobs } =>
                $"It begins when {jobs} {(jobs.Contains(',', StringComparison.Ordinal) ? "are" : "is")} completed.",
            _ => null,
        };

    public async Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default) =>
        await media.GetAsync(blob, cancellationToken) ?? throw NotThere(blob);

    public async Task DownloadAsync(
        string blob, Stream destination, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using Stream content = await media.OpenAsync(blob, cancellationToken) ?? throw NotThere(blob);
        _ = await StreamTransfer.CopyAsync(content, destination, 0, content.Length, progress, cancellationToken);
    }

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

    private static FileNotFoundException NotThere(string blob) => new($"{blob}: not in storage");

    private static async Task<string> DigestAsync(Upload upload, CancellationToken cancellationToken)
    {
        await using Stream content = upload.Open();
        return await InputNames.DigestAsync(content, cancellationToken);
    }

    private async Task PutAsync(string name, Upload upload, CancellationToken cancellationToken)
    {
        await using Stream content = upload.Open();
        await media.PutAsync(name, content, cancellationToken);
        upload.Progress?.Report(new TransferProgress(upload.Length, upload.Length));
    }

    private IRenderJobGrain Grain(RenderJobId id) => grains.GetGrain<IRenderJobGrain>(id.Value);

    private sealed record Answer(bool More);
}
