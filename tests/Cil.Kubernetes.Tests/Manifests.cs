using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>What an overlay comes to, read strictly: a field that its kind does not have is refused.</summary>
internal sealed class Manifests
{
    private static readonly Dictionary<string, Type> Types = new() { ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject) };

    private static readonly ConcurrentDictionary<string, Task<Manifests>> Built = new(StringComparer.Ordinal);

    private Manifests(string yaml)
    {
        Yaml = yaml;
        All = [.. KubernetesYaml.LoadAllFromString(yaml, Types, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
    }

    /// <summary>The overlays of `k8s`, and those of this project, which use the components that none there does.</summary>
    internal static IReadOnlyList<string> Overlays { get; } =
        [.. Kustomizations("k8s", "overlays"), .. Kustomizations("tests", "Cil.Kubernetes.Tests", "Overlays")];

    internal string Yaml { get; }

    internal IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; }

    internal IEnumerable<V1Deployment> Deployments => Of<V1Deployment>();

    /// <summary>Those that run silos of ours.</summary>
    internal IEnumerable<V1Deployment> Silos => Deployments.Where(one => one.Metadata.Labels["app.kubernetes.io/name"] == "cil");

    /// <summary>Of an overlay, built once by `kubectl kustomize`.</summary>
    internal static Task<Manifests> BuildAsync(string overlay) =>
        Built.GetOrAdd(overlay, async folder => new Manifests(await Repository.RunAsync("kubectl", ["kustomize", folder])));

    internal static Manifests Read(string yaml) => new(yaml);

    internal IEnumerable<T> Of<T>() => All.OfType<T>();

    internal V1ConfigMap? ConfigMap(string name) => Of<V1ConfigMap>().SingleOrDefault(map => map.Metadata.Name == name);

    /// <summary>The container that runs a silo of ours.</summary>
    internal static V1Container Silo(V1Deployment silo) => silo.Spec.Template.Spec.Containers.Single(container => container.Name == "cil");

    /// <summary>All containers of a pod, those of its start included.</summary>
    internal static IEnumerable<V1Container> Containers(V1PodSpec pod) => [.. pod.InitContainers ?? [], .. pod.Containers];

    private static IEnumerable<string> Kustomizations(params string[] folder) => Directory.GetDirectories(Repository.Folder(folder))
        .Where(one => File.Exists(Path.Combine(one, "kustomization.yaml")))
        .Select(one => Path.GetRelativePath(Repository.Root, one))
        .Order(StringComparer.Ordinal);
}
