using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cil.Api.Health;

/// <summary>What a supervisor asks.</summary>
internal static class HealthRoutes
{
    internal const string Ready = "ready", Live = "live";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/health/live", Live);
        Map(routes, "/health/ready", Ready);
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string check) => routes.MapHealthChecks(
        path,
        new HealthCheckOptions
        {
            Predicate = registered => registered.Name == check, ResponseWriter = (http, report) => WriteAsync(http, report, check),
        }).AllowAnonymous();

    private static Task WriteAsync(HttpContext http, HealthReport report, string fine)
    {
        http.Response.ContentType = "text/plain";
        string[] reasons = [.. report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy)
            .Select(entry => entry.Description ?? "not ready")];
        return http.Response.WriteAsync(reasons.Length == 0 ? fine : string.Join("; ", reasons));
    }
}
