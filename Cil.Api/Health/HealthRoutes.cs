using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cil.Api.Health;

/// <summary>What a supervisor asks.</summary>
internal static class HealthRoutes
{
    internal const string Ready = "ready";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        // The process answers; a cluster's own probes find out more.
        routes.MapHealthChecks(
            "/health/live",
            new HealthCheckOptions
            {
                Predicate = _ => false, ResponseWriter = (http, _) => http.Response.WriteAsync("live"),
            }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "text/plain";
        string[] reasons = [.. report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy)
            .Select(entry => entry.Description ?? "not ready")];
        return http.Response.WriteAsync(reasons.Length == 0 ? Ready : string.Join("; ", reasons));
    }
}
