using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Cil.Kubernetes.Tests;

/// <summary>Alerts and the dashboard ask for metrics and labels that there are, by the names that Prometheus has for them.</summary>
public sealed partial class MonitoringTests
{
    private static string Alerts => File.ReadAllText(Repository.Folder("k8s", "components", "monitoring", "alerts.yaml"));

    private static string Dashboard => File.ReadAllText(Repository.Folder("k8s", "components", "monitoring", "dashboard.json"));

    [Fact]
    public void Alerts_AskForMetricsThatThereAre() => Assert.Empty(Asked(Alerts).Except(Documented()));

    [Fact]
    public async Task Alerts_FireWhenTheyShouldAndNotEarlier()
    {
        string cases = Repository.Folder("tests", "Cil.Kubernetes.Tests", "Monitoring", "alerts-cases.yaml");

        Assert.Contains(
            "SUCCESS",
            await Repository.RunAsync("promtool", ["check", "rules", Repository.Folder("k8s", "components", "monitoring", "alerts.yaml")]),
            StringComparison.Ordinal);
        Assert.Contains("SUCCESS", await Repository.RunAsync("promtool", ["test", "rules", cases]), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryAlert_HasACaseInWhichItFires()
    {
        string cases = File.ReadAllText(Repository.Folder("tests", "Cil.Kubernetes.Tests", "Monitoring", "alerts-cases.yaml"));

        Assert.All(
            Rules().Matches(Alerts).Select(match => match.Groups[1].Value),
            name => Assert.Contains($"        alertname: {name}\n        exp_alerts:\n", cases, StringComparison.Ordinal));
    }

    [Fact]
    public void Dashboard_AsksForMetricsThatThereAreAndForEachOfTheGrids()
    {
        string[] asked = [.. Queries().SelectMany(Asked).Distinct()];

        Assert.Empty(asked.Except(Documented()));
        Assert.All(Metrics(), metric => Assert.Contains(asked, name => name.StartsWith(metric.Name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Queries_GroupByLabelsThatThereAre()
    {
        string[] labels = [.. Metrics().SelectMany(metric => metric.Labels), "le"];

        IEnumerable<string> asked = Queries().Append(Alerts)
            .SelectMany(text => Groups().Matches(text))
            .SelectMany(match => match.Groups[1].Value.Split(", "));

        Assert.Empty(asked.Except(labels));
    }

    [Fact]
    public async Task Prometheus_OfAllPorts_ReadsOneOfEverySilo()
    {
        string file = Repository.Folder("artifacts", "kubernetes-scrape.yaml");
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("k8s", "overlays", "production"));
        await File.WriteAllTextAsync(file, WithPods(
            await File.ReadAllTextAsync(Repository.Folder("k8s", "components", "monitoring", "scrape.yaml")), manifests.Deployments));

        using JsonDocument targets = JsonDocument.Parse(
            await Repository.RunAsync("promtool", ["check", "service-discovery", "--timeout=1s", file, "cil"]));

        string[] read = [.. targets.RootElement.EnumerateArray().Select(target => target.GetProperty("labels"))
            .Where(labels => labels.TryGetProperty("pod", out _))
            .Select(labels => string.Join(' ', ((string[])["pod", "component", "__address__", "__metrics_path__"])
                .Select(name => labels.GetProperty(name).GetString())))];
        Assert.Equal(
            ["cil-coordinator coordinator 10.0.0.1:8300 /metrics", "cil-worker-h200 worker 10.0.0.1:8300 /metrics",
                "cil-worker-l4 worker 10.0.0.1:8300 /metrics"],
            read.Order(StringComparer.Ordinal));
    }

    // Debian's promtool finds no pods; they are given as it would find them: a target for each port, with the pod's labels.
    private static string WithPods(string configuration, IEnumerable<V1Deployment> deployments)
    {
        const string Role = "    kubernetes_sd_configs:\n      - role: pod\n        namespaces:\n          names: [cil]\n";
        Assert.Contains(Role, configuration, StringComparison.Ordinal);
        var pods = new StringBuilder("    static_configs:\n");
        foreach (V1Deployment deployment in deployments)
        {
            foreach (V1ContainerPort port in deployment.Spec.Template.Spec.Containers.SelectMany(container => container.Ports))
            {
                _ = pods.Append(CultureInfo.InvariantCulture, $"      - targets: ['10.0.0.1:{port.ContainerPort}']\n        labels:\n")
                    .Append(CultureInfo.InvariantCulture, $"          __meta_kubernetes_pod_name: {deployment.Metadata.Name}\n")
                    .Append(CultureInfo.InvariantCulture, $"          __meta_kubernetes_pod_container_port_name: {port.Name}\n");
                foreach ((string label, string value) in deployment.Spec.Template.Metadata.Labels)
                {
                    string name = $"__meta_kubernetes_pod_label_{Other().Replace(label, "_")}";
                    _ = pods.Append(CultureInfo.InvariantCulture, $"          {name}: {value}\n");
                }
            }
        }

        return configuration.Replace(Role, pods.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Queries()
    {
        using JsonDocument dashboard = JsonDocument.Parse(Dashboard);
        return [.. dashboard.RootElement.GetProperty("panels")
            .EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    private static IEnumerable<string> Asked(string text) => Names().Matches(text).Select(match => match.Value).Distinct();

    // docs/telemetry.md, which a test of Cil.Grains holds to the code; its names as OpenTelemetry's exporter writes them.
    private static IEnumerable<(string Name, string Kind, string[] Labels)> Metrics()
    {
        IEnumerable<string[]> rows = File.ReadLines(Path.Combine(Repository.Folder("docs"), "telemetry.md"))
            .SkipWhile(line => line != "## Metrics").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(
                line => line.Trim('|', ' ').Split('|').Select(cell => cell.Replace("`", "", StringComparison.Ordinal).Trim()).ToArray());
        foreach (string[] cells in rows)
        {
            string unit = cells[2] switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            yield return (cells[0].Replace('.', '_') + unit, cells[1], cells[3].Replace('.', '_').Split(", "));
        }
    }

    private static IEnumerable<string> Documented() => Metrics().SelectMany(metric => metric.Kind switch
    {
        "histogram" => (string[])[$"{metric.Name}_bucket", $"{metric.Name}_sum", $"{metric.Name}_count"],
        "counter" => [$"{metric.Name}_total"],
        _ => [metric.Name],
    });

    [GeneratedRegex("""alert: (\w+)""")] private static partial Regex Rules();

    [GeneratedRegex("""\b(?:cil|hw)_[a-z_]+\b""")] private static partial Regex Names();

    [GeneratedRegex("[^a-zA-Z0-9_]")] private static partial Regex Other();

    [GeneratedRegex("""by \(([a-z_, ]+)\)""")] private static partial Regex Groups();
}
