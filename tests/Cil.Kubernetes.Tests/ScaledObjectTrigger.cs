namespace Cil.Kubernetes.Tests;

/// <summary>Where the number comes from.</summary>
public sealed class ScaledObjectTrigger
{
    public string Type { get; set; } = "";

    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();
}
