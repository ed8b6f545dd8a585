using System.Runtime.CompilerServices;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

public sealed partial class ClusterClient
{
    // Each has up to 256 jobs, which are asked.
    private const int MostBatchesListed = 100;

    public async Task<BatchReceipt> SubmitBatchAsync(
        BatchRequest request, IReadOnlyList<Upload> images, RenderJobId? id = null, CancellationToken cancellationToken = default)
    {
        RenderJobId batch = id ?? BatchNames.New();
        string[] names = await Task.WhenAll(
            images.Select(async image => BatchNames.Image(batch, await DigestAsync(image, cancellationToken))));
        request = request with { Images = names };
        if (await CheckBatchAsync(request, images, batch, cancellationToken) is { Count: > 0 } faults)
            throw new RequestRefusedException(faults);
        // Media first, as with a job. A picture that is given twice is stored once.
        foreach ((string name, Upload image) in names.Zip(images).DistinctBy(pair => pair.First))
            await PutAsync(name, image, cancellationToken);
        return await Batch(batch).SubmitAsync(request).WaitAsync(cancellationToken) switch
        {
            BatchSubmission.Accepted accepted => new BatchReceipt(accepted.Batch, accepted.IsNew),
            BatchSubmission.Rejected rejected => throw Explain(batch, rejected.Answer),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    public async Task<IReadOnlyList<RequestError>> CheckBatchAsync(
        BatchRequest request, IReadOnlyList<Upload> images, RenderJobId? id = null, CancellationToken cancellationToken = default)
    {
        var errors = new List<RequestError>();
        for (int i = 0; i < images.Count; i++)
        {
            if (await pictures.ErrorAsync(images[i], cancellationToken) is { } error)
                errors.Add(new RequestError(Contracts.BatchFields.Images[Math.Min(i, Contracts.BatchFields.MostImages - 1)], error));
        }

        // Names stand for pictures that are not stored yet, so that the other fields are checked all the same.
        BatchRequest named = request.Images.Count > 0
            ? request
            : request with { Images = [.. Enumerable.Repeat(Contracts.JobFields.Image, images.Count)] };
        return [.. errors, .. await Batch(id ?? BatchNames.New()).CheckAsync(named).WaitAsync(cancellationToken)];
    }

    public Task<BatchSnapshot?> GetBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Batch(id).GetAsync().WaitAsync(cancellationToken);

    public async Task<IReadOnlyList<BatchSummary>> ListBatchesAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > MostBatchesListed)
            throw new ArgumentException($"limit: 1 to {MostBatchesListed}, got {query.Limit}", nameof(query));
        return await PageAsync(
            IJobIndexGrain.Batches, query, place => Batch(place.Job).SummaryAsync().WaitAsync(cancellationToken), cancellationToken);
    }

    public async IAsyncEnumerable<BatchSnapshot> WatchBatchAsync(
        RenderJobId id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        BatchSnapshot? last = null;
        for (int losses = 0; losses < MostLosses;)
        {
            BatchSnapshot? next = null;
            try
            {
                next = await GetBatchAsync(id, cancellationToken);
                losses = 0;
                if (next is null) yield break;
            }
            catch (Exception error) when (++losses < MostLosses && error is not OperationCanceledException)
            {
                // Its silo, or a job's, was lost: another takes it up.
            }

            if (next is not null && (last is null || !next.IsLike(last))) yield return last = next;
            if (next is { IsFinished: true }) yield break;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    public Task<BatchSnapshot?> CancelBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Batch(id).CancelAsync().WaitAsync(cancellationToken);

    public Task<bool> DeleteBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        Batch(id).DeleteAsync().WaitAsync(cancellationToken);

    private static Exception Explain(RenderJobId id, Submission answer) => answer switch
    {
        Submission.Busy busy => new QueueFullException(busy.Reason, busy.RetryAfter),
        Submission.Refused refused => new RequestRefusedException(refused.Faults),
        Submission.Mismatch other => RequestMismatchException.Of(id, other.Fields),
        var other => new InvalidOperationException($"unknown answer {other}"),
    };

    private IRenderBatchGrain Batch(RenderJobId id) => grains.GetGrain<IRenderBatchGrain>(id.Value);
}
