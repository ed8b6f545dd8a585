using Cil.Api.Http;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Cil.Api.Jobs;

/// <summary>Jobs: submitted, listed, looked at, followed, paused, cancelled, tried again, deleted.</summary>
internal static class JobRoutes
{
    private const int MostListed = 1000;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/jobs", SubmitAsync).DisableAntiforgery();
        api.MapGet("/jobs", ListAsync);
        api.MapGet("/jobs/{id}", (string id, ICilClient client) => AnswerAsync(id, client.GetAsync));
        api.MapGet("/jobs/{id}/events", EventsAsync);
        api.MapGet("/jobs/{id}/why", WhyAsync);
        api.MapPost("/jobs/{id}/pause", (string id, ICilClient client) => AnswerAsync(id, client.PauseAsync));
        api.MapPost("/jobs/{id}/unpause", (string id, ICilClient client) => AnswerAsync(id, client.UnpauseAsync));
        api.MapPost("/jobs/{id}/retry", (string id, ICilClient client) => AnswerAsync(id, client.RetryAsync));
        api.MapPost("/jobs/{id}/cancel", (string id, ICilClient client) => AnswerAsync(id, async job =>
        {
            // Holds for a job that is not known yet, too.
            await client.CancelAsync(job);
            return await client.GetAsync(job);
        }));
        api.MapDelete("/jobs/{id}", async (string id, ICilClient client) =>
            CilApi.Id(id) is { } job && await client.DeleteAsync(job) ? Results.NoContent() : CilApi.NotFound($"job '{id}' is not there"));
    }

    private static async Task<IResult> SubmitAsync(HttpRequest http, ICilClient client, IModelCatalog catalog, TimeProvider clock, CancellationToken cancellationToken)
    {
        JobForm form = await JobForm.ReadAsync(http, catalog, clock.GetUtcNow(), cancellationToken);
        if (form.Faults.Count > 0) return CilApi.Refuse(form.Faults);
        JobSnapshot job = await client.SubmitAsync(form.Request, form.Image, form.Id, form.Statistics, cancellationToken);
        return Results.Json(job, ApiJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(ICilClient client, string? tenant, int? limit, string? after, string? order, CancellationToken cancellationToken)
    {
        var faults = new List<RequestError>();
        JobCursor? from = after is null ? null : JobCursor.Parse(after);
        RenderJobId? last = after is null || from is not null ? null : CilApi.Id(after);
        if (after is not null && from is null && last is null) faults.Add(new RequestError(nameof(after), $"expected a page's next or a job's id, got '{after}'"));
        if (limit is < 1 or > MostListed) faults.Add(new RequestError(nameof(limit), $"1 to {MostListed}, got {limit}"));
        if (order is not (null or "asc" or "desc")) faults.Add(new RequestError(nameof(order), $"asc or desc, got '{order}'"));
        if (faults.Count > 0) return CilApi.Refuse(faults);
        var query = new JobQuery { Tenant = tenant, After = last, From = from, OldestFirst = order == "asc" };
        if (limit is { } most) query = query with { Limit = most };
        try
        {
            IReadOnlyList<JobSnapshot> jobs = await client.ListAsync(query, cancellationToken);
            return Results.Json(new ApiPage(jobs, jobs.Count == query.Limit ? JobCursor.Of(jobs[^1]).ToString() : null), ApiJson.Options);
        }
        catch (ArgumentException missing)
        {
            return CilApi.Refuse([new RequestError(nameof(after), missing.Message)]);
        }
    }

    private static async Task<IResult> EventsAsync(string id, ICilClient client, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (CilApi.Id(id) is not { } job || await client.GetAsync(job) is null) return CilApi.NotFound($"job '{id}' is not there");
        return new ServerSentEvents<JobSnapshot>("job", token => client.WatchAsync(job, token), lifetime.ApplicationStopping);
    }

    private static async Task<IResult> WhyAsync(string id, ICilClient client) =>
        CilApi.Id(id) is { } job && await client.GetAsync(job) is not null
            ? Results.Json(new ApiReason(await client.WhyAsync(job)), ApiJson.Options)
            : CilApi.NotFound($"job '{id}' is not there");

    private static async Task<IResult> AnswerAsync(string id, Func<RenderJobId, Task<JobSnapshot?>> ask) =>
        CilApi.Id(id) is { } job && await ask(job) is { } snapshot ? Results.Json(snapshot, ApiJson.Options) : CilApi.NotFound($"job '{id}' is not there");
}
