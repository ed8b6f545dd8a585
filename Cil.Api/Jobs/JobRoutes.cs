using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Jobs;

/// <summary>Jobs: submitted, listed, looked at, followed, paused, cancelled, tried again, deleted.</summary>
internal static class JobRoutes
{
    private const int MostPriorityBytes = 256;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/jobs", ListAsync).Describe<ApiJobPage>("listJobs", "A page of jobs").WithQuery(JobList.Names);
        api.MapGet("/events", ListEventsAsync)
            .Describe<ApiJobPage>(
                "watchJobs", "Server-sent events: a page of jobs now and whenever it has changed", contentType: "text/event-stream")
            .WithQuery(JobList.Names);
        api.MapRead(
            "/jobs/{id}",
            async (string id, HttpContext http, ICilClient client) => await OwnAsync(http, client, id) is { } job
                ? Routes.Json(job.ToApi())
                : NotThere(id))
            .Describe<ApiJob>("getJob", "The job as it stands");
        api.MapGet("/jobs/{id}/events", EventsAsync)
            .Describe<ApiJob>(
                "watchJob", "Server-sent events: a snapshot now and at each change, to the end", contentType: "text/event-stream");
        api.MapRead("/jobs/{id}/details", DetailsAsync)
            .Describe<ApiJobDetails>("getJobDetails", "What it was made with, and how its parts stand");
        api.MapRead("/jobs/{id}/why", WhyAsync).Describe<ApiReason>("explainJob", "Why it waits");
        RouteGroupBuilder render = api.MapGroup("");
        render.RequireAuthorization(Scope.Render);
        render.MapPost("/jobs", SubmitAsync)
            .DisableAntiforgery()
            .Describe<ApiJob>("submitJob", "Submits a job; 200 where the same submission had come before", StatusCodes.Status201Created)
            .WithForm(
                JobFields.Names.Select(name => (name, JobFields.Describe(name))), [JobFields.Image, JobFields.Statistics]);
        render.MapPost("/jobs/{id}/pause", (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                AnswerAsync(id, http, client, JobAction.Pause, token))
            .Describe<ApiJob>("pauseJob", "Begins nothing more of it");
        render.MapPost("/jobs/{id}/unpause", (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                AnswerAsync(id, http, client, JobAction.Unpause, token))
            .Describe<ApiJob>("unpauseJob", "Goes on with it");
        render.MapPost("/jobs/{id}/retry", (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                AnswerAsync(id, http, client, JobAction.Retry, token))
            .Describe<ApiJob>("retryJob", "Takes a failed one up again from its last checkpoint");
        render.MapPost("/jobs/{id}/approve", (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                AnswerAsync(id, http, client, JobAction.Approve, token))
            .Describe<ApiJob>("approveJob", "Has the video made of a draft that waits for approval");
        render.MapPost("/jobs/{id}/reject", (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                AnswerAsync(id, http, client, JobAction.Reject, token))
            .Describe<ApiJob>("rejectJob", "Cancels a job whose draft waits for approval");
        render.MapPut("/jobs/{id}/priority", SetPriorityAsync).Accepts<ApiPriority>("application/json")
            .Describe<ApiJob>("setPriority", "Changes its priority, also while it waits").WithExample(new ApiPriority(10));
        render.MapPost("/jobs/{id}/cancel", CancelAsync)
            .Describe<ApiJob>("cancelJob", "Stops it within one step, in any state; holds also for a job that comes later");
        render.MapDelete("/jobs/{id}", async (string id, HttpContext http, ICilClient client) =>
            await OwnAsync(http, client, id) is { } job && await client.DeleteAsync(job.Id) ? Results.NoContent() : NotThere(id))
            .Describe("deleteJob", "Removes it with all its files", StatusCodes.Status204NoContent);
    }

    /// <summary>A job as it stands; null when there is none, or it is another tenant's.</summary>
    internal static async Task<JobSnapshot?> OwnAsync(HttpContext http, ICilClient client, string id) =>
        Routes.Id(id) is { } job && await client.GetAsync(job) is { } snapshot && Caller.Of(http).Sees(snapshot.Tenant) ? snapshot : null;

    internal static Problem NotThere(string id) => Problem.NotFound($"job '{id}' is not there");

    private static async Task<IResult> SubmitAsync(
        HttpRequest http, ICilClient client, IRequestCheck check, CancellationToken cancellationToken)
    {
        using JobForm form = await JobForm.ReadAsync(http, Caller.Of(http.HttpContext), check, cancellationToken);
        if (form.Errors.Count > 0) return Problem.Refused(form.Errors);
        Receipt receipt = await client.SubmitAsync(form.Request, form.Image!, form.Id, form.Statistics, cancellationToken);
        http.HttpContext.Response.Headers.Location = $"/api/jobs/{receipt.Job.Id}";
        return Routes.Json(receipt.Job.ToApi(), receipt.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext http, ICilClient client)
    {
        if (Routes.Id(id) is not { } job) return NotThere(id);
        // Holds for a job that is not known yet, too.
        if (await client.GetAsync(job) is { } known && !Caller.Of(http).Sees(known.Tenant)) return NotThere(id);
        await client.CancelAsync(job);
        return await client.GetAsync(job) is { } snapshot ? Routes.Json(snapshot.ToApi()) : NotThere(id);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, ICilClient client, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, JobList.Names);
        var list = JobList.Read(reader, Caller.Of(http.HttpContext));
        return reader.Errors.Count > 0 ? Problem.Refused(reader.Errors) : Routes.Json(await list.PageAsync(client, cancellationToken));
    }

    private static async Task<IResult> ListEventsAsync(
        HttpRequest http, ICilClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, JobList.Names);
        var list = JobList.Read(reader, Caller.Of(http.HttpContext));
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        // A request that is refused is no stream.
        _ = await list.PageAsync(client, cancellationToken);
        return EventStream.Of(http.HttpContext, "jobs", token => list.WatchAsync(client, clock, token));
    }

    private static async Task<IResult> DetailsAsync(string id, HttpContext http, ICilClient client, IJobDetails details) =>
        await OwnAsync(http, client, id) is { } job && await details.DetailsAsync(job.Id) is { } found
            ? Routes.Json(found.ToApi())
            : NotThere(id);

    private static async Task<IResult> SetPriorityAsync(string id, HttpRequest http, ICilClient client, CancellationToken cancellationToken)
    {
        ApiPriority wanted = await JsonBody.ReadAsync<ApiPriority>(http, MostPriorityBytes, cancellationToken);
        if (wanted.Priority is < -RenderRequest.MaxPriority or > RenderRequest.MaxPriority)
            return Problem.Refused("priority", $"-{RenderRequest.MaxPriority} to {RenderRequest.MaxPriority}, got {wanted.Priority}");
        return await AnswerAsync(id, http.HttpContext, client, JobAction.SetPriority(wanted.Priority), cancellationToken);
    }

    private static async Task<IResult> EventsAsync(string id, HttpContext http, ICilClient client)
    {
        if (await OwnAsync(http, client, id) is not { } job) return NotThere(id);
        // A reader that has seen the end is not to come again (the HTML standard, 9.2.3).
        if (job.IsFinished && EventStream.LastSeen(http.Request) == JobEvent.Id(job.ToApi())) return Results.NoContent();
        return EventStream.Of(http, "job", token => client.WatchAsync(job.Id, token).Select(snapshot => snapshot.ToApi()), JobEvent.Id);
    }

    private static async Task<IResult> WhyAsync(string id, HttpContext http, ICilClient client) =>
        await OwnAsync(http, client, id) is { } job ? Routes.Json(new ApiReason(await client.WhyAsync(job.Id))) : NotThere(id);

    private static async Task<IResult> AnswerAsync(
        string id, HttpContext http, ICilClient client, JobAction action, CancellationToken cancellationToken)
    {
        if (await OwnAsync(http, client, id) is not { } job) return NotThere(id);
        if (!action.IsPossible(job)) return action.Conflict(job);
        return await action.AskAsync(client, job.Id, cancellationToken) is { } snapshot ? Routes.Json(snapshot.ToApi()) : NotThere(id);
    }
}
