using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cil.Api.Health;

/// <summary>Healthy while work should be sent to this silo.</summary>
internal sealed class ReadinessCheck(Readiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(readiness.Reason is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
}
