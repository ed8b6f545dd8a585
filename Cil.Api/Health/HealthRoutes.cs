using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Health;

/// <summary>What a supervisor asks.</summary>
internal static class HealthRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        // The process answers; a cluster's own probes find out more.
        routes.MapGet("/health/live", () => Results.Text("live"));
        routes.MapGet("/health/ready", (Readiness readiness) => readiness.Reason is { } reason
            ? Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready"));
    }
}
