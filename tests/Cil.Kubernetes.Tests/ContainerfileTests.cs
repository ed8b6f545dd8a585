using System.Globalization;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>The container files as far as text can tell; `k8s/build-images` and `k8s/check-images` build and run them.</summary>
public sealed class ContainerfileTests
{
    private static readonly string[] Images = ["coordinator", "worker-cpu", "worker-cuda"];

    public static TheoryData<string> Names => [.. Images];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Image_RunsAsTheUserAndAtThePortsOfTheManifests(string image)
    {
        string[] lines = Lines(image);
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("k8s", "overlays", "single-node"));
        V1PodSpec[] pods = [.. manifests.Silos.Select(silo => silo.Spec.Template.Spec)];

        Assert.All(pods, pod => Assert.Contains($"USER {pod.SecurityContext.RunAsUser}:{pod.SecurityContext.RunAsGroup}", lines));
        Assert.All(
            pods,
            pod =>
            {
                IEnumerable<string> ports = pod.Containers[0].Ports
                    .Select(port => port.ContainerPort.ToString(CultureInfo.InvariantCulture));
                Assert.Contains($"EXPOSE {string.Join(' ', ports)}", lines);
            });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task HealthCheck_AsksWhatTheLivenessProbeAsks(string image)
    {
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("k8s", "overlays", "single-node"));
        string path = manifests.Silos.First().Spec.Template.Spec.Containers[0].LivenessProbe.HttpGet.Path;

        Assert.Contains(Lines(image), line => line.Contains($"GET {path} ", StringComparison.Ordinal));
    }

    [Fact]
    public void WorkerForCuda_DiffersFromTheOneForProcessorsInItsBaseAndTheDriverAlone()
    {
        // Cuda's cannot be built everywhere; what it shares with the other one can.
        string[] cpu = Lines("worker-cpu"), cuda = Lines("worker-cuda");

        Assert.Equal(["ARG BASE=docker.io/library/debian:12-slim"], cpu.Except(cuda));
        Assert.Equal(
            ["ARG BASE=docker.io/library/ubuntu:24.04", "ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility"],
            cuda.Except(cpu));
    }

    [Fact]
    public void Coordinator_DiffersFromTheWorkerInItsProgramAlone() =>
        Assert.Equal(["""ENTRYPOINT ["/app/Cil.Silo"]"""], Lines("coordinator").Except(Lines("worker-cpu")));

    [Fact]
    public void EveryProject_CanBePublishedWithoutSymbols()
    {
        // As build-images publishes: sources cannot be embedded into symbols that are not written.
        string[] projects =
            [.. Directory.GetDirectories(Repository.Root, "Cil.*").SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))];

        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.DoesNotContain("<EmbedAllSources>", File.ReadAllText(project), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("build-images")]
    [InlineData("check-images")]
    public async Task Script_IsReadByBash(string script) =>
        Assert.Equal("", await Repository.RunAsync("bash", ["-n", Repository.Folder("k8s", script)]));

    private static string[] Lines(string image) =>
        [.. File.ReadAllLines(Repository.Folder("k8s", $"{image}.Containerfile")).Where(line => line.Length > 0 && line[0] != '#')];
}
