using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cil.Api.Health;

/// <summary>Healthy while a new start of the process would not help.</summary>
internal sealed class LivenessCheck(Readiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(readiness.IsLost ? HealthCheckResult.Unhealthy(readiness.Reason) : HealthCheckResult.Healthy());
}
