using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>What is scaled, by what, and how fast.</summary>
public sealed class ScaledObjectSpec
{
    public V1CrossVersionObjectReference ScaleTargetRef { get; set; } = new();

    public int? PollingInterval { get; set; }

    public int? CooldownPeriod { get; set; }

    public int? MinReplicaCount { get; set; }

    public int? MaxReplicaCount { get; set; }

    public ScaledObjectFallback? Fallback { get; set; }

    public ScaledObjectAdvanced? Advanced { get; set; }

    public IList<ScaledObjectTrigger> Triggers { get; set; } = [];
}
