using k8s;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>The Secrets that an operator makes, as the components' examples have them.</summary>
internal static class ExampleSecrets
{
    /// <summary>Their values, by name and key.</summary>
    internal static IReadOnlyDictionary<(string Name, string Key), string> All { get; } = Directory
        .GetFiles(Repository.Folder("k8s"), "secret.example.yaml", SearchOption.AllDirectories)
        .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true).Cast<V1Secret>())
        .SelectMany(secret => secret.StringData.Select(pair => ((secret.Metadata.Name, pair.Key), pair.Value)))
        .ToDictionary(one => one.Item1, one => one.Value);
}
