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
    private const int MostListed = 1000, StandardListed = 20;
    private const string Newest = "desc", Oldest = "asc", Tenant = "tenant", Limit = "limit", After = "after", Order = "order";

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/jobs", ListAsync).Describe<ApiJobPage>("listJobs", "A page of jobs").WithQuery(Tenant, Limit, After, Order);
        api.MapRead("/jobs/{id}", async (string id, HttpContext http, ICilClient client) => await OwnAsync(http, client, id) is { } job ? Routes.Json(job.ToApi()) : NotThere(id))
            .Describe<ApiJob>("getJob", "The job as it stands");
        api.MapGet("/jobs/{id}/events", EventsAsync).Describe<ApiJob>("watchJob", "Server-sent events: a snapshot now and at each change, to the end", contentType: "text/event-stream");
        api.MapRead("/jobs/{id}/why", WhyAsync).Describe<ApiReason>("explainJob", "Why it waits");
        RouteGroupBuilder render = api.MapGroup("");
        render.RequireAuthorization(Scope.Render);
        render.MapPost("/jobs", SubmitAsync).DisableAntiforgery().Describe<ApiJob>("submitJob", "Submits a job; 200 where the same submission had come before", StatusCodes.Status201Created).WithForm(
            JobFields.Names.Select(name => (name, JobFields.Describe(name))), [JobFields.Image, JobFields.Statistics]);
        render.MapPost("/jobs/{id}/pause", (string id, HttpContext http, ICilClient client) => AnswerAsync(id, http, client, client.PauseAsync)).Describe<ApiJob>("pauseJob", "Begins nothing more of it");
        render.MapPost("/jobs/{id}/unpause", (string id, HttpContext http, ICilClient client) => AnswerAsync(id, http, client, client.UnpauseAsync)).Describe<ApiJob>("unpauseJob", "Goes on with it");
        render.MapPost("/jobs/{id}/retry", (string id, HttpContext http, ICilClient client) => AnswerAsync(id, http, client, client.RetryAsync)).Describe<ApiJob>("retryJob", "Takes a failed one up again from its last checkpoint");
        render.MapPost("/jobs/{id}/cancel", CancelAsync).Describe<ApiJob>("cancelJob", "Stops it within one step, in any state; holds also for a job that comes later");
        render.MapDelete("/jobs/{id}", async (string id, HttpContext http, ICilClient client) =>
            await OwnAsync(http, client, id) is { } job && await client.DeleteAsync(job.Id) ? Results.NoContent() : NotThere(id))
            .Describe("deleteJob", "Removes it with all its files", StatusCodes.Status204NoContent);
    }

    /// <summary>A job as it stands; null when there is none, or it is another tenant's.</summary>
    internal static async Task<JobSnapshot?> OwnAsync(HttpContext http, ICilClient client, string id) =>
        Routes.Id(id) is { } job && await client.GetAsync(job) is { } snapshot && Caller.Of(http).Sees(snapshot.Tenant) ? snapshot : null;

    internal static Problem NotThere(string id) => Problem.NotFound($"job '{id}' is not there");

    private static async Task<IResult> SubmitAsync(HttpRequest http, ICilClient client, IRequestCheck check, CancellationToken cancellationToken)
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
        var reader = new QueryReader(http, Tenant, Limit, After, Order);
        string? after = reader.Text(After);
        JobCursor? from = after is null ? null : JobCursor.Parse(after);
        RenderJobId? last = after is null || from is not null ? null : Routes.Id(after);
        if (after is not null && from is null && last is null) reader.Add(After, $"expected a page's next or a job's id, got '{after}'");
        Caller caller = Caller.Of(http.HttpContext);
        string? tenant = reader.Text(Tenant);
        // Others' jobs are not there.
        if (tenant is not null && !caller.Sees(tenant)) reader.Add(Tenant, $"the key is of tenant {caller.Tenant}, got '{tenant}'");
        var query = new JobQuery
        {
            Tenant = caller.IsOperator ? tenant : caller.Tenant,
            After = last,
            From = from,
            Limit = reader.Whole(Limit, 1, MostListed, StandardListed),
            OldestFirst = reader.Choice(Order, Newest, Oldest) == Oldest,
        };
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        IReadOnlyList<JobSnapshot> jobs;
        try
        {
            jobs = await client.ListAsync(query, cancellationToken);
        }
        catch (ArgumentException missing)
        {
            return Problem.Refused(After, missing.Message);
        }

        JobCursor? next = jobs.Count == query.Limit ? JobCursor.Of(jobs[^1]) : null;
        bool hasMore = next is not null && (await client.ListAsync(query with { After = null, From = next, Limit = 1 }, cancellationToken)).Count > 0;
        return Routes.Json(new ApiJobPage([.. jobs.Select(job => job.ToApi())], hasMore, hasMore ? next.ToString() : null));
    }

    private static async Task<IResult> EventsAsync(string id, HttpContext http, ICilClient client) => await OwnAsync(http, client, id) is { } job
        ? EventStream.Of(http, "job", token => client.WatchAsync(job.Id, token).Select(snapshot => snapshot.ToApi()))
        : NotThere(id);

    private static async Task<IResult> WhyAsync(string id, HttpContext http, ICilClient client) =>
        await OwnAsync(http, client, id) is { } job ? Routes.Json(new ApiReason(await client.WhyAsync(job.Id))) : NotThere(id);

    private static async Task<IResult> AnswerAsync(string id, HttpContext http, ICilClient client, Func<RenderJobId, Task<JobSnapshot?>> ask) =>
        await OwnAsync(http, client, id) is { } job && await ask(job.Id) is { } snapshot ? Routes.Json(snapshot.ToApi()) : NotThere(id);
}
