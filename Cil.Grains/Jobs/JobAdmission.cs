using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Grains.Models;
using Cil.Grains.Versions;
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
    RenderJobId id, IModelCatalog catalog, PlannerOptions planning, IGrainFactory grains, JobBlobs blobs, IClusterFormat format,
    GridInstruments instruments, TimeProvider clock)
{
    private static readonly TimeSpan UploadRetry = TimeSpan.FromSeconds(1), VersionRetry = TimeSpan.FromSeconds(30);

    /// <summary>A request that names no model takes the only one, where there is one.</summary>
    internal RenderRequest Complete(RenderRequest request) =>
        request.Model.Length == 0 && catalog.Names is [var only] ? request with { Model = only } : request;

    /// <summary>The errors of a request.</summary>
    internal async Task<IReadOnlyList<RequestError>> CheckAsync(RenderRequest request)
    {
        List<RequestError> errors = [.. RequestValidator.Errors(request, catalog, clock.GetUtcNow())];
        string after = RequestError.Of(nameof(request.After), "").Field;
        // What is no list of ids cannot be looked for.
        if (!errors.Exists(error => error.Field == after) && await DependencyErrorAsync(request) is { } missing) errors.Add(missing);
        if (errors.Count > 0) instruments.CountRefusal("invalid");
        return errors;
    }

    /// <summary>Checks a request and plans its job.</summary>
    internal async Task<AdmissionResult> AdmitAsync(RenderRequest request)
    {
        if (await CheckAsync(request) is { Count: > 0 } errors) return new AdmissionResult.Refused(new Submission.Refused(errors));
        if (format.Common < GridFormat.MotionAndQuality && NewControls(request) is { Length: > 0 } controls)
        {
            return Refused("mixed_versions", new Submission.Busy(
                $"{string.Join(", ", controls)}: silos of a version that renders without are still in the cluster", VersionRetry));
        }

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
            case Admission.Impossible impossible:
                string possible = PossibleSize.Describe(plan, catalog.Find(request.Model)!, impossible.Memory);
                return Refused("too_large", new Submission.Refused(
                    [impossible.Fault with { Message = $"{impossible.Fault.Message}; {possible}" }]));
        }

        // Of two submissions of one id at the same time the first may have been refused, and its upload, which is this one's
        // too, be deleted.
        if (await blobs.MissingUploadAsync(request) is { } missing)
            return Refused("upload_missing", new Submission.Busy(
                $"{missing}: deleted with a refused submission of the same id; send it again", UploadRetry));
        return new AdmissionResult.Admitted(plan, memory, request.Approval ? Draft(request, plan) : null);
    }

    // The same noise as the video's, so that the draft shows what becomes of it.
    private RenderPlan Draft(RenderRequest request, RenderPlan full) => RenderPlanner.Plan(
        id, request with { Steps = RequestValidator.DraftSteps(request, full.SamplerSteps ?? full.Steps), Seed = full.Seed },
        catalog.Find(request.Model)!, planning, full.Seed,
        (steps, start) => catalog.StepCount(request.Model, steps, start)) with
    { IsDraft = true };

    // Of another tenant's jobs nobody hears.
    private async Task<RequestError?> DependencyErrorAsync(RenderRequest request)
    {
        // The job itself is not there yet, and a question to it would wait for this one's end.
        JobSnapshot?[] jobs = await Task.WhenAll(request.AfterJobs.Select(
            job => job == id.Value ? Task.FromResult<JobSnapshot?>(null) : grains.GetGrain<IRenderJobGrain>(job).GetAsync()));
        string[] missing = [.. request.AfterJobs.Where((_, index) => jobs[index]?.Tenant != request.Tenant)];
        return missing.Length == 0 ? null : RequestError.Of(
            nameof(request.After), $"a job that is there; there is no {string.Join(", ", missing)}");
    }

    private static string[] NewControls(RenderRequest request) =>
    [
        .. request.Motion is null ? (string[])[] : [RequestValidator.Field(nameof(request.Motion))],
        .. request.Quality == RenderQuality.Full ? (string[])[] : [RequestValidator.Field(nameof(request.Quality))],
    ];

    private static long Work(RenderPlan plan) => (long)plan.Width * plan.Height * plan.Frames * plan.Steps;

    private AdmissionResult.Refused Refused(string reason, Submission answer)
    {
        instruments.CountRefusal(reason);
        return new AdmissionResult.Refused(answer);
    }
}
