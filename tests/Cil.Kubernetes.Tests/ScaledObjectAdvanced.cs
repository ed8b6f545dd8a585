namespace Cil.Kubernetes.Tests;

/// <summary>What KEDA hands on to the autoscaler that it makes.</summary>
public sealed class ScaledObjectAdvanced
{
    public ScaledObjectAutoscaler HorizontalPodAutoscalerConfig { get; set; } = new();
}
