using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Tenants;

namespace Cil.Grains.Jobs;

/// <summary>
/// Whether a request becomes a job: it is valid, the queue has room, a device is large enough, and its uploads are there.
/// </summary>
internal sealed class JobAdmission(
    RenderJobId id, IModelCatalog catalog, PlannerOptions planning, IGrainFactory grains, JobBlobs blobs, GridInstruments instruments,
    TimeProvider clock)
{
    private static readonly TimeSpan UploadRetry = TimeSpan.FromSeconds(1);

    /// <summary>A request that names no model takes the only one, where there is one.</summary>
    internal RenderRequest Complete(RenderRequest request) =>
        request.Model.Length == 0 && catalog.Names is [var only] ? request with { Model = only } : request;

    /// <summary>The errors of a request.</summary>
    internal IReadOnlyList<RequestError> Check(RenderRequest request)
    {
        IReadOnlyList<RequestError> errors = RequestValidator.Errors(request, catalog, clock.GetUtcNow());
        if (errors.Count > 0) instruments.CountRefusal("invalid");
        return errors;
    }

    /// <summary>Checks a request and plans its job.</summary>
    internal async Task<AdmissionResult> AdmitAsync(RenderRequest request)
    {
        if (Check(request) is { Count: > 0 } errors) return new AdmissionResult.Refused(new Submission.Refused(errors));
        RenderPlan plan = RenderPlanner.Plan(
            id, request, catalog.Find(request.Model)!, planning, RandomSeed.Draw(),
            (steps, start) => catalog.StepCount(request.Model, steps, start));
        int? waiting = null;
        switch (await grains.GetGrain<ITenantGrain>(request.Tenant).AdmitAsync(Work(plan)))
        {
            case TenantAdmission.TooLarge large:
                return Refused("too_large", new Submission.Refused([RequestError.Of(nameof(request.Frames), large.Reason)]));
            case TenantAdmission.UsedUp used: return Refused("quota", new Submission.Busy(used.Reason, used.RetryAfter));
            case TenantAdmission.Allowed allowed: waiting = allowed.WaitingJobs; break;
        }

        IWorkQueueGrain queue = grains.GetGrain<IWorkQueueGrain>(0);
        long memory = await MemoryKind.NeededAsync(plan, catalog, queue);
        switch (await queue.AdmitWithinAsync(request.Tenant, plan.Model, memory, waiting ?? int.MaxValue))
        {
            case Admission.Full full: return Refused("full", new Submission.Busy(full.Reason, full.RetryAfter));
            case Admission.Impossible impossible: return Refused("too_large", new Submission.Refused([impossible.Fault]));
        }

        // Of two submissions of one id at the same time the first may have been refused, and its upload, which is this one's
        // too, be deleted.
        if (await blobs.MissingUploadAsync(request) is { } missing)
            return Refused("upload_missing", new Submission.Busy(
                $"{missing}: deleted with a refused submission of the same id; send it again", UploadRetry));
        return new AdmissionResult.Admitted(plan, memory);
    }

    private static long Work(RenderPlan plan) => (long)plan.Width * plan.Height * plan.Frames * plan.Steps;

    private AdmissionResult.Refused Refused(string reason, Submission answer)
    {
        instruments.CountRefusal(reason);
        return new AdmissionResult.Refused(answer);
    }
}
