using System.Globalization;
using System.Reflection;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace Cil.Kubernetes.Tests;

/// <summary>
/// What `k8s` comes to for each overlay: built by kubectl, read with the types of the API's client, checked by the schemas, and
/// held against itself and against the program that it starts. No API server has seen it.
/// </summary>
public sealed class ManifestTests
{
    // Variables of others: of the SDK of AWS, of OpenTelemetry, and names that values are made of.
    private static readonly string[] OtherVariables =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "REDIS_PASSWORD", "NAMESPACE", "NODE_NAME"];
    private static readonly string[] OtherPrefixes = ["OTEL_"];

    // After the drain the silo leaves its cluster (CilService).
    private const int LeaveSeconds = 5;

    public static TheoryData<string> Overlays => [.. Manifests.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Overlay_IsBuiltAndReadStrictly(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);

        Assert.NotEmpty(manifests.Silos);
        Assert.All(
            manifests.All.Where(one => one is not V1Namespace and not V1PriorityClass),
            one => Assert.Equal("cil", one.Metadata.NamespaceProperty));
    }

    [Fact]
    public async Task Reading_OfAFieldThatThereIsNot_IsRefused()
    {
        Manifests manifests = await Manifests.BuildAsync(Manifests.Overlays[0]);

        Assert.ThrowsAny<Exception>(
            () => Manifests.Read(manifests.Yaml.Replace("runAsNonRoot:", "runAsNonroot:", StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryExample_IsReadStrictly()
    {
        string[] examples = Directory.GetFiles(Repository.Folder("k8s"), "*.example.yaml", SearchOption.AllDirectories);

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Single(Manifests.Read(File.ReadAllText(example)).All));
    }

    [Fact]
    public async Task EveryComponent_IsInAnOverlayThatIsTested()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Repository.Folder("k8s", "overlays"), "kustomization.yaml", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(
                Repository.Folder("tests", "Cil.Kubernetes.Tests", "Overlays"), "kustomization.yaml", SearchOption.AllDirectories)))
        {
            foreach (string line in await File.ReadAllLinesAsync(file))
                if (line.Contains("components/", StringComparison.Ordinal)) used.Add(line[(line.LastIndexOf('/') + 1)..].Trim());
        }

        Assert.Equal(
            used.Order(StringComparer.Ordinal),
            Directory.GetDirectories(Repository.Folder("k8s", "components")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EverySilo_StartsWithOptionsThatItKnowsAndTakes(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (V1Deployment silo in manifests.Silos)
        {
            IReadOnlyDictionary<string, string> variables = SiloEnvironment.Of(manifests, Manifests.Silo(silo));

            string[] ours = [.. variables.Keys.Where(name => name.StartsWith("Cil__", StringComparison.Ordinal))];
            Assert.All(ours, name => Assert.True(IsSetting(name), $"{silo.Metadata.Name}: there is no setting {name}"));
            Assert.All(
                variables.Keys.Except(ours),
                name => Assert.True(
                    OtherVariables.Contains(name) || OtherPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)),
                    $"{silo.Metadata.Name}: unknown: {name}"));
            ServiceOptions options = await OptionsAsync(variables);
            Assert.Equal(silo.Metadata.Labels["app.kubernetes.io/component"], options.Role.ToString(), ignoreCase: true);
            Assert.False(options.Cluster == "none");
            // Else it does not listen where probes and the service reach it.
            Assert.True(options.Identity.KnowsCallers);
            // Where the models are, a volume is mounted, or it is the image's own.
            string models = variables["Cil__Models__0"];
            Assert.True(
                models == "/app/models/cil-tiny"
                    || Manifests.Silo(silo).VolumeMounts.Any(mount => models.StartsWith($"{mount.MountPath}/", StringComparison.Ordinal)),
                $"{silo.Metadata.Name}: nothing is mounted at {models}");
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EverySilo_ListensAtThePortsThatAreNamed(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (V1Deployment silo in manifests.Silos)
        {
            ServiceOptions options = await OptionsAsync(SiloEnvironment.Of(manifests, Manifests.Silo(silo)));

            Dictionary<string, int> ports = Manifests.Silo(silo).Ports.ToDictionary(port => port.Name, port => port.ContainerPort);

            Assert.Equal((options.SiloPort, options.GatewayPort), (ports["silo"], ports["gateway"]));
            Assert.EndsWith($"*:{ports["http"]}", options.Url, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EverySilo_HasTheTimeToDrain(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (V1Deployment silo in manifests.Silos)
        {
            double drain = (await OptionsAsync(SiloEnvironment.Of(manifests, Manifests.Silo(silo)))).DrainSeconds;
            double before = Manifests.Silo(silo).Lifecycle?.PreStop.Sleep.Seconds ?? 0;

            Assert.InRange(silo.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value, before + drain + LeaveSeconds, double.MaxValue);
        }
    }

    [Fact]
    public async Task EveryProbe_AsksForWhatASiloAnswers()
    {
        string data = Directory.CreateTempSubdirectory("cil-probes-").FullName;
        var options = new ServiceOptions
        {
            Data = data, Models = [Repository.Folder("models", "cil-tiny")], Devices = 0, Url = "http://127.0.0.1:0",
        };
        await using (CilService service = await CilService.StartAsync(options))
        {
            using var http = new HttpClient();
            foreach (string overlay in Manifests.Overlays)
            {
                Manifests manifests = await Manifests.BuildAsync(overlay);
                foreach (V1Container container in manifests.Silos.Select(Manifests.Silo))
                {
                    foreach (V1Probe probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
                    {
                        Assert.Equal("http", probe.HttpGet.Port.Value);
                        using HttpResponseMessage answer = await http.GetAsync(new Uri(new Uri(service.Url), probe.HttpGet.Path));
                        Assert.True(
                            answer.IsSuccessStatusCode || answer.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable,
                            $"{probe.HttpGet.Path}: {answer.StatusCode}");
                    }

                    // A silo that binds weights, or has lost its storage, is not ready; it is not to be killed for it.
                    Assert.NotEqual(container.ReadinessProbe.HttpGet.Path, container.LivenessProbe.HttpGet.Path);
                }
            }
        }

        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task WhatIsReferredTo_IsThere(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (V1Deployment deployment in manifests.Deployments)
        {
            V1PodSpec pod = deployment.Spec.Template.Spec;
            // The API server takes a name that is there twice, and says nothing.
            Assert.All(Manifests.Containers(pod), container => Assert.Distinct((container.Env ?? []).Select(variable => variable.Name)));
            // Throws where a map, a key or a secret is not there.
            foreach (V1Container container in Manifests.Containers(pod)) _ = SiloEnvironment.Of(manifests, container);
            string[] claims = [.. (pod.Volumes ?? [])
                .Where(volume => volume.PersistentVolumeClaim is not null)
                .Select(volume => volume.PersistentVolumeClaim.ClaimName)];
            Assert.Subset(manifests.Of<V1PersistentVolumeClaim>().Select(claim => claim.Metadata.Name).ToHashSet(), claims.ToHashSet());
            Assert.All(
                (pod.Volumes ?? []).Where(volume => volume.Secret is not null),
                volume => Assert.Contains(ExampleSecrets.All.Keys, secret => secret.Name == volume.Secret.SecretName));
            if (pod.ServiceAccountName is { } account)
                Assert.Contains(manifests.Of<V1ServiceAccount>(), one => one.Metadata.Name == account);
            if (pod.PriorityClassName is { } priority)
                Assert.Contains(manifests.Of<V1PriorityClass>(), one => one.Metadata.Name == priority);
            foreach (V1Container container in Manifests.Containers(pod))
                Assert.All(container.VolumeMounts ?? [], mount => Assert.Contains(pod.Volumes ?? [], volume => volume.Name == mount.Name));
        }

        string[] services = [.. manifests.Of<V1Service>().Select(service => service.Metadata.Name)];
        foreach (IReadOnlyDictionary<string, string> variables in manifests.Deployments.SelectMany(
            one => Manifests.Containers(one.Spec.Template.Spec)).Select(container => SiloEnvironment.Of(manifests, container)))
        {
            if (variables.TryGetValue("Cil__Cluster", out string? cluster) && cluster.StartsWith("redis=", StringComparison.Ordinal))
                Assert.Contains(cluster["redis=".Length..cluster.IndexOf(':', StringComparison.Ordinal)], services);
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EverySelector_FindsItsPodsAndTheirPorts(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        V1PodTemplateSpec[] pods = [.. manifests.Deployments.Select(one => one.Spec.Template)];
        foreach (V1Deployment deployment in manifests.Deployments)
        {
            Assert.True(Matches(deployment.Spec.Selector.MatchLabels, deployment.Spec.Template));
            // Two that want the same pods would each stop the other's.
            Assert.Single(manifests.Deployments, other => Matches(other.Spec.Selector.MatchLabels, deployment.Spec.Template));
            Assert.All(
                deployment.Spec.Template.Spec.TopologySpreadConstraints ?? [],
                spread => Assert.True(Matches(spread.LabelSelector.MatchLabels, deployment.Spec.Template)));
        }

        foreach (V1Service service in manifests.Of<V1Service>())
        {
            Assert.All(
                Found(service.Spec.Selector),
                pod => Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, PortNames(pod))));
        }

        foreach (V1NetworkPolicy policy in manifests.Of<V1NetworkPolicy>())
        {
            V1PodTemplateSpec[] guarded = Found(policy.Spec.PodSelector.MatchLabels);
            Assert.All(
                policy.Spec.Ingress.SelectMany(rule => rule.Ports),
                port => Assert.All(guarded, pod => Assert.Contains(port.Port.Value, PortNames(pod))));
        }

        foreach (V1PodDisruptionBudget budget in manifests.Of<V1PodDisruptionBudget>())
        {
            V1Deployment deployment = Assert.Single(
                manifests.Deployments, one => Matches(budget.Spec.Selector.MatchLabels, one.Spec.Template));
            // One that keeps all would keep a node from ever being emptied.
            Assert.InRange(int.Parse(budget.Spec.MinAvailable.Value, CultureInfo.InvariantCulture), 0, deployment.Spec.Replicas!.Value - 1);
        }

        V1PodTemplateSpec[] Found(IDictionary<string, string> labels)
        {
            V1PodTemplateSpec[] found = [.. pods.Where(pod => Matches(labels, pod))];
            Assert.NotEmpty(found);
            return found;
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EveryPod_MayDoNoMoreThanItMust(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (V1PodSpec pod in manifests.Deployments.Select(one => one.Spec.Template.Spec))
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.InRange(pod.SecurityContext.RunAsUser!.Value, 1, long.MaxValue);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.All(Manifests.Containers(pod), container =>
            {
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Contains("memory", container.Resources.Limits.Keys);
                Assert.DoesNotContain("cpu", container.Resources.Limits.Keys);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task EveryScaledObject_ScalesADeploymentByAPortThatThereIs(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);
        foreach (ScaledObject scaled in manifests.Of<ScaledObject>())
        {
            V1Deployment worker = Assert.Single(manifests.Silos, one => one.Metadata.Name == scaled.Spec.ScaleTargetRef.Name);
            Assert.Equal("worker", worker.Metadata.Labels["app.kubernetes.io/component"]);
            Assert.Null(worker.Spec.Replicas);
            ScaledObjectTrigger trigger = Assert.Single(scaled.Spec.Triggers);
            string[] address = trigger.Metadata["scalerAddress"].Split(':');
            V1Service service = Assert.Single(
                manifests.Of<V1Service>(), one => address[0] == $"{one.Metadata.Name}.{one.Metadata.NamespaceProperty}.svc");
            Assert.Contains(service.Spec.Ports, port => port.Port.ToString(CultureInfo.InvariantCulture) == address[1]);
            // Behind the service is the port where coordinators answer, and the policy of the network names it.
            string port = service.Spec.Ports.Single(one => one.Port.ToString(CultureInfo.InvariantCulture) == address[1]).TargetPort.Value;
            V1Deployment coordinator = Assert.Single(manifests.Silos, one => Matches(service.Spec.Selector, one.Spec.Template));
            ServiceOptions asked = await OptionsAsync(SiloEnvironment.Of(manifests, Manifests.Silo(coordinator)));
            Assert.EndsWith(
                $"*:{Manifests.Silo(coordinator).Ports.Single(one => one.Name == port).ContainerPort}", asked.ScalerUrl,
                StringComparison.Ordinal);
            Assert.Contains(
                manifests.Of<V1NetworkPolicy>(), policy => policy.Spec.Ingress.Any(rule => rule.Ports.Any(one => one.Port.Value == port)));
            // The workers say the class that is asked for, and the queue knows it while there is none of them.
            ServiceOptions scaledOptions = await OptionsAsync(SiloEnvironment.Of(manifests, Manifests.Silo(worker)));
            Assert.Equal(scaledOptions.Class, trigger.Metadata["class"]);
            Assert.Contains(asked.Queue.Classes, entry => entry.Split('=')[0] == scaledOptions.Class);
            Assert.Equal(
                scaledOptions.Devices.ToString(CultureInfo.InvariantCulture),
                trigger.Metadata.TryGetValue("devices", out string? devices) ? devices : "1");
        }

        Assert.Equal(
            manifests.Of<ScaledObject>().Count(),
            manifests.Of<ScaledObject>().Select(one => one.Spec.Triggers[0].Metadata["class"]).Distinct().Count());
    }

    [Fact]
    public async Task Production_HasTwoCoordinatorsAndTwoClassesOfGpu()
    {
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("k8s", "overlays", "production"));

        V1Deployment coordinator = Assert.Single(manifests.Silos, one => one.Metadata.Name == "cil-coordinator");
        V1Deployment[] workers = [.. manifests.Silos.Where(one => one != coordinator)];

        Assert.Equal((2, "0"), (coordinator.Spec.Replicas, coordinator.Spec.Strategy.RollingUpdate.MaxUnavailable.Value));
        Assert.Equal(2, workers.Select(one => one.Spec.Template.Spec.NodeSelector["nvidia.com/gpu.product"]).Distinct().Count());
        Assert.All(workers, worker => Assert.Equal("1", Manifests.Silo(worker).Resources.Limits["nvidia.com/gpu"].ToString()));
        Assert.All(
            workers, worker => Assert.Contains(worker.Spec.Template.Spec.Tolerations, toleration => toleration.Key == "nvidia.com/gpu"));
    }

    private static bool Matches(IDictionary<string, string>? labels, V1PodTemplateSpec pod) =>
        (labels ?? new Dictionary<string, string>())
            .All(label => pod.Metadata.Labels.TryGetValue(label.Key, out string? value) && value == label.Value);

    private static IEnumerable<string> PortNames(V1PodTemplateSpec pod) =>
        pod.Spec.Containers.SelectMany(container => container.Ports).Select(port => port.Name);

    // As the program reads its environment; models are of the image, and certificates those that the example makes.
    private static async Task<ServiceOptions> OptionsAsync(IReadOnlyDictionary<string, string> variables)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string name, string value) in variables.Where(one => one.Key.StartsWith("Cil__", StringComparison.Ordinal)))
        {
            settings[name.Replace("__", ":", StringComparison.Ordinal)] = name.StartsWith("Cil__Tls__", StringComparison.Ordinal)
                ? Path.Combine(await ExampleCertificates.FolderAsync(), Path.GetFileName(value))
                : value;
        }

        settings["Cil:Models:0"] = Repository.Folder("models", "cil-tiny");
        return ServiceConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    // Cil__Planning__Threads is Planning.Threads of the options.
    private static bool IsSetting(string variable)
    {
        Type? type = typeof(ServiceOptions);
        foreach (string name in variable.Split("__").Skip(1))
        {
            type = type == typeof(IList<string>) && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? typeof(string)
                : type?.GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.PropertyType;
        }

        return type is not null;
    }
}
