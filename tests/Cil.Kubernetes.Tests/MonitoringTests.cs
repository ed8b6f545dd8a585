using System.Text.Json;
using System.Text.RegularExpressions;

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

    [GeneratedRegex("""by \(([a-z_, ]+)\)""")] private static partial Regex Groups();
}
