using System.Globalization;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>What a component promises beside what holds of every overlay (<see cref="ManifestTests"/>).</summary>
public sealed class ComponentTests
{
    [Theory]
    [MemberData(nameof(ManifestTests.Overlays), MemberType = typeof(ManifestTests))]
    public async Task EveryRedis_KeepsTheTableOfSilosOverItsRestarts(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (V1PodSpec pod in manifests.Deployments.Select(one => one.Spec.Template.Spec))
        {
            foreach (V1Container redis in pod.Containers.Where(container => container.Name == "redis"))
            {
                Assert.Equal("yes", redis.Args[redis.Args.IndexOf("--appendonly") + 1]);
                string folder = redis.Args[redis.Args.IndexOf("--dir") + 1];
                string mounted = Assert.Single(redis.VolumeMounts, mount => mount.MountPath == folder).Name;
                Assert.NotNull(Assert.Single(pod.Volumes, volume => volume.Name == mounted).PersistentVolumeClaim);
            }
        }
    }

    [Fact]
    public async Task SilosWithTls_AreAllGivenTheFilesThatTheirSettingsName()
    {
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("tests", "Cil.Kubernetes.Tests", "Overlays", "models-pull"));

        Assert.Equal(2, manifests.Silos.Count());
        foreach (V1Deployment silo in manifests.Silos)
        {
            IReadOnlyDictionary<string, string> variables = SiloEnvironment.Of(manifests, Manifests.Silo(silo));
            foreach (string name in (string[])["Certificate", "Key", "Authority"])
            {
                string file = variables[$"Cil__Tls__{name}"];
                V1VolumeMount mount = Assert.Single(Manifests.Silo(silo).VolumeMounts, one => one.MountPath == Path.GetDirectoryName(file));
                string secret = Assert.Single(silo.Spec.Template.Spec.Volumes, one => one.Name == mount.Name).Secret.SecretName;
                Assert.Contains((secret, Path.GetFileName(file)), ExampleSecrets.All.Keys);
            }
        }
    }

    [Fact]
    public async Task SilosCertificate_OfTheExamplesCommands_IsOfItsAuthorityForBothUses()
    {
        string folder = await ExampleCertificates.FolderAsync();

        foreach (string use in (string[])["sslserver", "sslclient"])
        {
            Assert.Equal(
                "tls.crt: OK\n",
                await Repository.RunAsync("openssl", ["verify", "-purpose", use, "-CAfile", "ca.crt", "tls.crt"], folder: folder));
        }
    }

    [Fact]
    public async Task EverySilo_ThatIsMonitored_SaysAtWhichPortItIsRead()
    {
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("k8s", "overlays", "production"));

        Assert.Equal(3, manifests.Silos.Count());
        Assert.All(manifests.Silos, silo =>
        {
            IDictionary<string, string> said = silo.Spec.Template.Metadata.Annotations;
            string http = silo.Spec.Template.Spec.Containers.SelectMany(container => container.Ports).Single(port => port.Name == "http")
                .ContainerPort.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(
                ("true", http, "/metrics"), (said["prometheus.io/scrape"], said["prometheus.io/port"], said["prometheus.io/path"]));
        });
    }
}
