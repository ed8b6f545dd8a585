using k8s;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>
/// KEDA's ScaledObject, as far as the manifests use it: its client has no types for C#. Fields that are not here are refused.
/// </summary>
public sealed class ScaledObject : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public ScaledObjectSpec Spec { get; set; } = new();
}
