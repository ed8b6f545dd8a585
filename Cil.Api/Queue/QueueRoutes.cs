using Cil.Client.Http;
using Cil.Client.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Queue;

/// <summary>The queue, its tenants and workers.</summary>
internal static class QueueRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/queue", async (ICilClient client) => Results.Json(await client.QueueAsync(), ApiJson.Options));
        api.MapPost("/queue/pause", async (ICilClient client, string? tenant) =>
        {
            await client.PauseQueueAsync(tenant);
            return Results.NoContent();
        });
        api.MapPost("/queue/unpause", async (ICilClient client, string? tenant) =>
        {
            await client.UnpauseQueueAsync(tenant);
            return Results.NoContent();
        });
    }
}
