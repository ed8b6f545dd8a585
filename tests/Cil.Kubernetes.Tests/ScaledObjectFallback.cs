namespace Cil.Kubernetes.Tests;

/// <summary>How many there are while the scaler does not answer.</summary>
public sealed class ScaledObjectFallback
{
    public int FailureThreshold { get; set; }

    public int Replicas { get; set; }

    public string? Behavior { get; set; }
}
