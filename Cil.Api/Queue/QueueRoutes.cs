using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Queue;

/// <summary>The queue, its tenants and workers.</summary>
internal static class QueueRoutes
{
    private const string Tenant = "tenant", Model = "model";
    private const int MostModel = 200;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/queue", ShowAsync).Describe<ApiQueueStatus>("getQueue", "The queue, its tenants and workers");
        RouteGroupBuilder operators = api.MapGroup("");
        operators.RequireAuthorization(Scope.Operator);
        operators.MapPost("/queue/pause", (HttpRequest http, ICilClient client, CancellationToken token) =>
                SetAsync(http, client.PauseQueueAsync, client.PauseModelAsync, token))
            .Describe("pauseQueue", "Hands nothing more out, of one tenant, of one model, or at all", StatusCodes.Status204NoContent)
            .WithQuery(Tenant, Model);
        operators.MapPost("/queue/unpause", (HttpRequest http, ICilClient client, CancellationToken token) =>
                SetAsync(http, client.UnpauseQueueAsync, client.UnpauseModelAsync, token))
            .Describe("unpauseQueue", "Hands out again", StatusCodes.Status204NoContent)
            .WithQuery(Tenant, Model);
    }

    // Of other tenants only an operator hears.
    private static async Task<IResult> ShowAsync(HttpContext http, ICilClient client)
    {
        Caller caller = Caller.Of(http);
        ApiQueueStatus queue = (await client.QueueAsync()).ToApi();
        return Routes.Json(queue with { Tenants = [.. queue.Tenants.Where(tenant => caller.Sees(tenant.Tenant))] });
    }

    private static async Task<IResult> SetAsync(
        HttpRequest http, Func<string?, CancellationToken, Task> set, Func<string, CancellationToken, Task> setModel,
        CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, Tenant, Model);
        (string? tenant, string? model) = (reader.Text(Tenant), reader.Text(Model));
        if (tenant is not null && model is not null) reader.Add(Model, "give either a tenant or a model, not both");
        if (model is { Length: 0 or > MostModel })
            reader.Add(Model, $"a model's name of at most {MostModel} characters, got {model.Length}");
        if (tenant is not null && !RenderJobId.IsId(tenant)) reader.Add(Tenant, $"1 to 64 letters, digits, '-' or '_'; got '{tenant}'");
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        try
        {
            await (model is null ? set(tenant, cancellationToken) : setModel(model, cancellationToken));
            return Results.NoContent();
        }
        catch (ArgumentException refused)
        {
            return Problem.Refused(model is null ? Tenant : Model, refused.Message);
        }
    }
}
