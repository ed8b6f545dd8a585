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
    private const string Tenant = "tenant";

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/queue", ShowAsync).Describe<ApiQueueStatus>("getQueue", "The queue, its tenants and workers");
        RouteGroupBuilder operators = api.MapGroup("");
        operators.RequireAuthorization(Scope.Operator);
        operators.MapPost("/queue/pause", (HttpRequest http, ICilClient client) => SetAsync(http, client.PauseQueueAsync)).Describe("pauseQueue", "Hands nothing more out, of one tenant or at all", StatusCodes.Status204NoContent).WithQuery(Tenant);
        operators.MapPost("/queue/unpause", (HttpRequest http, ICilClient client) => SetAsync(http, client.UnpauseQueueAsync)).Describe("unpauseQueue", "Hands out again", StatusCodes.Status204NoContent).WithQuery(Tenant);
    }

    // Of other tenants only an operator hears.
    private static async Task<IResult> ShowAsync(HttpContext http, ICilClient client)
    {
        Caller caller = Caller.Of(http);
        ApiQueueStatus queue = (await client.QueueAsync()).ToApi();
        return Routes.Json(queue with { Tenants = [.. queue.Tenants.Where(tenant => caller.Sees(tenant.Tenant))] });
    }

    private static async Task<IResult> SetAsync(HttpRequest http, Func<string?, Task> set)
    {
        var reader = new QueryReader(http, Tenant);
        string? tenant = reader.Text(Tenant);
        if (tenant is not null && !RenderJobId.IsId(tenant)) reader.Add(Tenant, $"1 to 64 letters, digits, '-' or '_'; got '{tenant}'");
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        try
        {
            await set(tenant);
            return Results.NoContent();
        }
        catch (ArgumentException refused)
        {
            return Problem.Refused(Tenant, refused.Message);
        }
    }
}
