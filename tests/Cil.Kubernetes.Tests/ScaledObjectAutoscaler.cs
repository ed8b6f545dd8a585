using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>How fast the autoscaler may go.</summary>
public sealed class ScaledObjectAutoscaler
{
    public V2HorizontalPodAutoscalerBehavior Behavior { get; set; } = new();
}
