using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Jobs;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Batches;

/// <summary>Batches: several videos of one request, with one id and one progress.</summary>
internal static class BatchRoutes
{
    // Each has up to 256 jobs, which are asked.
    private const int MostListed = 100;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/batches", ListAsync).Describe<ApiBatchPage>("listBatches", "A page of batches").WithQuery(JobList.QueryNames);
        api.MapRead("/batches/{id}", async (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                await OwnAsync(http, client, id, token) is { } batch ? Routes.Json(batch.ToApi()) : NotThere(id))
            .Describe<ApiBatch>("getBatch", "The batch as it stands, with its jobs");
        api.MapGet("/batches/{id}/events", EventsAsync)
            .Describe<ApiBatch>(
                "watchBatch", "Server-sent events: a snapshot now and at each change, to the end", contentType: "text/event-stream");
        RouteGroupBuilder render = api.MapGroup("");
        render.RequireAuthorization(Scope.Render);
        render.MapPost("/batches", SubmitAsync).DisableAntiforgery()
            .Describe<ApiBatch>("submitBatch", "Submits a batch; 200 where the same one had come before", StatusCodes.Status201Created)
            .WithForm(Fields, BatchFields.Images);
        render.MapPost("/batches/{id}/cancel", async (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                await OwnAsync(http, client, id, token) is { } batch && await client.CancelBatchAsync(batch.Id, token) is { } now
                    ? Routes.Json(now.ToApi())
                    : NotThere(id))
            .Describe<ApiBatch>("cancelBatch", "Cancels all its jobs");
        render.MapDelete("/batches/{id}", async (string id, HttpContext http, ICilClient client, CancellationToken token) =>
                await OwnAsync(http, client, id, token) is { } batch
                    && await client.DeleteBatchAsync(batch.Id, token) ? Results.NoContent() : NotThere(id))
            .Describe("deleteBatch", "Removes it with its jobs and all their files", StatusCodes.Status204NoContent);
    }

    private static IEnumerable<(string Name, string Description)> Fields => JobFields.Names.Select(name => (name, JobFields.Describe(name)))
        .Concat(
            [(BatchFields.Seeds, BatchFields.Describe(BatchFields.Seeds)), (BatchFields.Count, BatchFields.Describe(BatchFields.Count))]);

    private static async Task<IResult> ListAsync(HttpRequest http, ICilClient client, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, JobList.QueryNames);
        JobQuery query = JobList.ReadQuery(reader, Caller.Of(http.HttpContext), MostListed);
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        try
        {
            IReadOnlyList<BatchSummary> batches = await client.ListBatchesAsync(query, cancellationToken);
            JobCursor? next = batches.Count == query.Limit ? batches[^1].Place : null;
            JobQuery rest = query with { After = null, From = next, Limit = 1 };
            bool hasMore = next is not null && (await client.ListBatchesAsync(rest, cancellationToken)).Count > 0;
            return Routes.Json(new ApiBatchPage([.. batches.Select(batch => batch.ToApi())], hasMore, hasMore ? next.ToString() : null));
        }
        catch (ArgumentException missing)
        {
            return Problem.Refused(JobList.After, missing.Message);
        }
    }

    private static async Task<IResult> SubmitAsync(
        HttpRequest http, ICilClient client, IRequestCheck check, CancellationToken cancellationToken)
    {
        using BatchForm form = await BatchForm.ReadAsync(http, Caller.Of(http.HttpContext), check, cancellationToken);
        if (form.Errors.Count > 0) return Problem.Refused(form.Errors);
        BatchReceipt receipt = await client.SubmitBatchAsync(form.Request, form.Images, form.Id, cancellationToken);
        http.HttpContext.Response.Headers.Location = $"/api/batches/{receipt.Batch.Id}";
        return Routes.Json(receipt.Batch.ToApi(), receipt.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> EventsAsync(string id, HttpContext http, ICilClient client, CancellationToken cancellationToken) =>
        await OwnAsync(http, client, id, cancellationToken) is { } batch
            ? EventStream.Of(http, "batch", token => client.WatchBatchAsync(batch.Id, token).Select(snapshot => snapshot.ToApi()))
            : NotThere(id);

    private static async Task<BatchSnapshot?> OwnAsync(
        HttpContext http, ICilClient client, string id, CancellationToken cancellationToken) =>
        Routes.Id(id) is { } batch && await client.GetBatchAsync(batch, cancellationToken) is { } snapshot
            && Caller.Of(http).Sees(snapshot.Tenant)
            ? snapshot
            : null;

    private static Problem NotThere(string id) => Problem.NotFound($"batch '{id}' is not there");
}
