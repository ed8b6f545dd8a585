using System.Text.RegularExpressions;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>The variables that a container would start with.</summary>
internal static partial class SiloEnvironment
{
    // What the kubelet would put in.
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["metadata.name"] = "cil-worker-h200-7d9f8b6c5d-abcde", ["metadata.namespace"] = "cil",
        ["status.podIP"] = "10.244.1.7", ["spec.nodeName"] = "node-1",
    };

    /// <exception cref="InvalidOperationException">Something is not there that a variable is taken from.</exception>
    internal static IReadOnlyDictionary<string, string> Of(Manifests manifests, V1Container container)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (V1EnvFromSource source in container.EnvFrom ?? [])
        {
            V1ConfigMap map = manifests.ConfigMap(source.ConfigMapRef.Name)
                ?? throw new InvalidOperationException($"{container.Name}: there is no ConfigMap {source.ConfigMapRef.Name}");
            foreach ((string name, string value) in map.Data) variables[name] = value;
        }

        foreach (V1EnvVar variable in container.Env ?? [])
        {
            variables[variable.Name] = Reference().Replace(
                Value(manifests, container, variable),
                match => variables.TryGetValue(match.Groups[1].Value, out string? known)
                    ? known
                    : throw new InvalidOperationException(
                        $"{container.Name}: {variable.Name} refers to {match.Value}, which does not stand before it"));
        }

        return variables;
    }

    private static string Value(Manifests manifests, V1Container container, V1EnvVar variable) => variable switch
    {
        { ValueFrom: null } => variable.Value,
        { ValueFrom.FieldRef: { } field } when Label().Match(field.FieldPath) is { Success: true } label =>
            Labels(manifests, container).TryGetValue(label.Groups[1].Value, out string? value)
                ? value
                : throw new InvalidOperationException($"{variable.Name}: the pod has no label {label.Groups[1].Value}"),
        { ValueFrom.FieldRef: { } field } => Fields[field.FieldPath],
        { ValueFrom.SecretKeyRef: { } secret } => ExampleSecrets.All.TryGetValue((secret.Name, secret.Key), out string? value)
            ? value
            : throw new InvalidOperationException($"{variable.Name}: no secret.example.yaml has {secret.Key} of {secret.Name}"),
        { ValueFrom.ConfigMapKeyRef: { } map } => manifests.ConfigMap(map.Name)?.Data.TryGetValue(map.Key, out string? value) == true
            ? value
            : throw new InvalidOperationException($"{variable.Name}: there is no {map.Key} in a ConfigMap {map.Name}"),
        _ => throw new InvalidOperationException($"{variable.Name}: taken from something that this test does not know"),
    };

    private static IDictionary<string, string> Labels(Manifests manifests, V1Container container) =>
        manifests.Deployments.Single(one => Manifests.Containers(one.Spec.Template.Spec).Contains(container)).Spec.Template.Metadata.Labels;

    [GeneratedRegex(@"^metadata\.labels\['(.+)'\]$")]
    private static partial Regex Label();

    [GeneratedRegex(@"\$\(([A-Za-z0-9_]+)\)")]
    private static partial Regex Reference();
}
