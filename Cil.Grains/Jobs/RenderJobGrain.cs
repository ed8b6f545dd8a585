using System.Runtime.CompilerServices;
using Cil.Grains.Blobs;
using Cil.Grains.Models;
using Cil.Grains.Placement;
using Cil.Grains.Work;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>
/// The coordinator of one job. It writes what it decides before it says so: a job exists once it is in storage, and a
/// chunk's result counts once, under the epoch it was handed out with. This part takes jobs in and shows them; Chunks hands
/// out and takes back, Control pauses and ends.
/// </summary>
[CoordinatorPlacement]
public sealed partial class RenderJobGrain(
    [PersistentState("job", BlobGrainStorage.Provider)] IPersistentState<RenderJobState> stored,
    IModelCatalog catalog,
    IBlobStore blobs,
    IOptions<PlannerOptions> planning,
    IOptions<LeaseOptions> leasing,
    IOptions<RetentionOptions> retention,
    TimeProvider clock,
    ILogger<RenderJobGrain> logger) : Grain, IRenderJobGrain
{
    private static readonly TimeSpan UploadRetry = TimeSpan.FromSeconds(1);

    private readonly RateEstimate rate = new();
    private readonly ChangeSignal changed = new();
    private LeaseTable leases = new([]);
    private IGrainTimer? timer;
    private string? holder;
    private int watchers, calmLooks;

    // What the index tells of a job whose state is damaged.
    private IndexEntry? entry;

    // Chunks whose blobs are deleted; after a restart they are deleted once more.
    private readonly HashSet<int> deleted = [];

    // Device memory that work of this kind needs: as measured, or else as estimated; 0 where neither is known.
    private long memory;

    // The most that this job was seen to take.
    private long peak;

    private RenderJobId Id => new(this.GetPrimaryKeyString());

    private RenderJobState State => stored.State;

    private IWorkQueueGrain Queue => GrainFactory.GetGrain<IWorkQueueGrain>(0);

    private bool IsUnfinished => stored.RecordExists && State.Plan is not null && !IsFinished;

    private bool IsFinished => State.State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State.Damage is { } damage) await ReportDamageAsync(damage, cancellationToken);
        leases = new LeaseTable(State.Chunks);
        if (!IsUnfinished) return;
        leases.Adopt(clock.GetUtcNow(), leasing.Value);
        if (!leases.IsIdle || leases.IsDone) LookAfterFrom(TimeSpan.Zero);
    }

    public async Task<Submission> SubmitAsync(RenderRequest request)
    {
        // The same id again is the same job, also when it was cancelled before it came.
        if (stored.RecordExists)
        {
            _ = await ResumeAsync();
            await DropUploadsAsync(request);
            return new Submission.Accepted(Snapshot(null));
        }

        RenderPlan? plan = null;
        try
        {
            if (RequestValidator.Faults(request, catalog, clock.GetUtcNow()) is { Count: > 0 } faults) return new Submission.Refused(faults);
            RenderPlan proposed = RenderPlanner.Plan(Id, request, catalog.Find(request.Model)!, planning.Value, RandomSeed.Draw(), (steps, start) => catalog.StepCount(request.Model, steps, start));
            if (await RefusalAsync(request, proposed) is { } refusal) return refusal;
            plan = proposed;
        }
        finally
        {
            // Refused, or not checked to the end. Whoever asks again uploads again.
            if (plan is null) await DropUploadsAsync(request);
        }

        stored.State = new RenderJobState
        {
            State = JobState.Queued,
            Request = request,
            Plan = plan,
            Chunks = [.. plan.Chunks.Select(_ => new ChunkState())],
            CreatedAt = clock.GetUtcNow(),
        };
        leases = new LeaseTable(State.Chunks);
        // The marks first: a job that is stored is always found again, and a mark without a job is taken away.
        await Task.WhenAll(MarkUnfinishedAsync(), blobs.PutAsync(IndexName!, ReadOnlyMemory<byte>.Empty));
        await SaveAsync();
        LogAccepted(Id, plan.Model, plan.Chunks.Count);
        await GrainFactory.GetGrain<IJobIndexGrain>(0).AddAsync(Id, request.Tenant, State.CreatedAt);
        _ = await ResumeAsync();
        return new Submission.Accepted(Snapshot(null));
    }

    private async Task<Submission?> RefusalAsync(RenderRequest request, RenderPlan plan)
    {
        memory = await MemoryAsync(plan);
        switch (await Queue.AdmitAsync(request.Tenant, plan.Model, memory))
        {
            case Admission.Full full: return new Submission.Busy(full.Reason, full.RetryAfter);
            case Admission.Impossible impossible: return new Submission.Refused([impossible.Fault]);
        }

        // The same submission may have come twice at once, the first have been refused, and its upload, which is this one's, be gone.
        foreach (string upload in Uploads(request))
        {
            if (await blobs.GetAsync(upload, new BlobRange(0, 0)) is null)
                return new Submission.Busy($"{upload}: taken away with a refused submission of the same id; send it again", UploadRetry);
        }

        return null;
    }

    private async Task<long> MemoryAsync(RenderPlan plan) => await Queue.MemoryAsync(MemoryKind.Of(plan)) is > 0 and var measured
        ? measured
        : catalog.Find(plan.Model)?.PeakBytes?.Invoke(plan) ?? 0;

    // What the client has put there for this job. Another blob that a request names is not the job's own.
    private IEnumerable<string> Uploads(RenderRequest request) =>
        ((string[])[request.ImageBlob, request.AnalyticInit]).Where(blob => InputNames.IsUpload(Id, blob) && BlobName.IsName(blob));

    // What is refused leaves nothing. In the job's own turn: no other submission of this id is being accepted meanwhile. Of a
    // damaged job nobody knows what it needs; it all goes when the job is deleted.
    private async Task DropUploadsAsync(RenderRequest request)
    {
        if (State.Damage is not null) return;
        foreach (string upload in Uploads(request).Except(stored.RecordExists && State.Request is { } own ? Uploads(own) : []))
        {
            try
            {
                _ = await blobs.DeleteAsync(upload);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The answer is what the client waits for.
                LogNotDropped(error, Id, upload);
            }
        }
    }

    public async Task<JobSnapshot?> GetAsync() => stored.RecordExists ? Snapshot(await PositionAsync()) : null;

    public async IAsyncEnumerable<JobSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        watchers++;
        try
        {
            while (true)
            {
                Task next = changed.Next;
                if (await GetAsync() is not { } snapshot) yield break;
                yield return snapshot;
                if (snapshot.IsFinished) yield break;
                await ChangeSignal.WaitAsync(next, clock, cancellationToken);
            }
        }
        finally
        {
            watchers--;
        }
    }

    public async Task<bool> ResumeAsync()
    {
        if (!IsUnfinished)
        {
            if (stored.RecordExists && State.Damage is null) await TidyAsync();
            return false;
        }

        LookAfterFrom(leasing.Value.Check);
        if (memory == 0) memory = await MemoryAsync(State.Plan!);
        await GoOnAsync();
        return true;
    }

    // What is in memory must be what is in storage: after a write that failed nobody knows, so it is read anew.
    private async Task SaveAsync()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        changed.Set();
    }

    // It is shown as failed, can be deleted, and is never written: whoever has a copy of its blob can put it back.
    private async Task ReportDamageAsync(string damage, CancellationToken cancellationToken)
    {
        await foreach (string name in blobs.ListAsync(BlobNames.IndexPrefix, cancellationToken))
        {
            if (IndexEntry.Of(name) is not { } known || known.Job != Id) continue;
            (entry, State.CreatedAt) = (known, known.CreatedAt);
            break;
        }

        string blob = BlobGrainStorage.Name("job", this.GetGrainId());
        (State.State, State.Error) = (JobState.Failed, new JobError(JobError.Damaged, $"{blob} is damaged: {damage}", Retryable: false));
        LogDamaged(Id, blob, damage);
    }

    // Null for a job that the index does not know.
    private string? IndexName => State.Request is { } request ? BlobNames.Index(Id, request.Tenant, State.CreatedAt)
        : entry is { } known ? BlobNames.Index(Id, known.Tenant, known.CreatedAt)
        : null;

    private Task<string> MarkUnfinishedAsync() => blobs.PutAsync(BlobNames.Unfinished(Id), ReadOnlyMemory<byte>.Empty);

    private async Task<int?> PositionAsync() => State.State == JobState.Queued ? await Queue.PositionAsync(Id) : null;

    private JobSnapshot Snapshot(int? position)
    {
        JobSnapshot snapshot = JobView.Of(Id, State, leases.Done, position, rate, clock.GetUtcNow());
        return entry is { } known ? snapshot with { Tenant = known.Tenant } : snapshot;
    }
}
