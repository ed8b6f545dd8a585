using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Cil.Api.Identity;
using Cil.Client.Diagnostics;
using Cil.Grains.Diagnostics;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Tests.Diagnostics;

/// <summary>Dashboards and alerts of others are made of these names: whoever changes one changes docs/telemetry.md with it.</summary>
public sealed partial class TelemetryDocumentTests
{
    [Fact]
    public void Document_NamesEverySpanWithItsSource()
    {
        string[] expected =
        [
            $"{ClientActivities.JobSubmit} {ClientActivities.SourceName}",
            .. GridActivities.Names.Select(name => $"{name} {GridActivities.SourceName}"),
        ];

        IEnumerable<string> named = TelemetryDocument.Rows("Spans").Select(cells => $"{cells[0]} {cells[1]}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_NamesEveryMetricWithItsKindAndUnit()
    {
        var published = new List<string>();
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) published.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
        };
        listener.Start();

        _ = new GridInstruments(meters);

        Assert.Equal(
            published.Order(StringComparer.Ordinal),
            TelemetryDocument.Rows("Metrics").Select(cells => $"{cells[0]} {cells[1]} {cells[2]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_NamesEveryTagOfSpans()
    {
        IEnumerable<string> tags = typeof(GridActivities).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && field.Name.EndsWith("Tag", StringComparison.Ordinal))
            .Select(field => (string)field.GetRawConstantValue()!);

        IEnumerable<string> named = Tags().Where(tag => tag.Contains('.'));

        Assert.Equal(tags.Order(StringComparer.Ordinal), named.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_NamesEveryLabelOfMetrics()
    {
        var labels = new SortedSet<string>(StringComparer.Ordinal);
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        var instruments = new GridInstruments(meters);

        instruments.ReportQueue(new QueueLoad(1, 1, 1, [new ClassDemand("l4", 1, 0, 1)]));
        instruments.ObserveGpus(() => [new GpuMemory("cuda:0", 1, 2)]);
        instruments.RecordSteps("tiny", TimeSpan.FromSeconds(1), 1);
        instruments.RecordJobEnd(JobState.Completed, "tiny", TimeSpan.FromSeconds(1));
        instruments.RecordJobWait(TimeSpan.FromSeconds(1));
        instruments.CountRetry("code");
        instruments.CountLostLease();
        instruments.CountWebhook(new WebhookAttempt(DateTimeOffset.UnixEpoch, TimeSpan.Zero, 200, null));
        instruments.CountQueueCall("call");
        instruments.CountRefusal("full");
        listener.RecordObservableInstruments();

        Assert.Equal(
            TelemetryDocument.Rows("Metrics").Select(cells => $"{cells[0]}: {cells[3]}").Order(StringComparer.Ordinal), labels);

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            labels.Add($"{instrument.Name}: {string.Join(", ", tags.ToArray().Select(tag => tag.Key).Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void Document_NamesEveryAttributeOfLogs()
    {
        IEnumerable<string> used = Directory.GetFiles(AppContext.BaseDirectory, "Cil.*.dll")
            .Where(file => !Path.GetFileName(file).Contains("Test", StringComparison.Ordinal))
            .SelectMany(file => Assembly.LoadFrom(file).GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.Message ?? "")
            .SelectMany(message => Attributes().Matches(message))
            .Select(match => match.Groups[1].Value);

        IEnumerable<string> named = TelemetryDocument.Rows("Logs").SelectMany(cells => cells[0].Split(", "));
        IEnumerable<string> tags = TelemetryDocument.Rows("Logs").Select(cells => cells[1]).Where(tag => tag.Length > 0);

        Assert.Equal(used.Distinct().Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        Assert.Empty(tags.Except(Tags()));
    }

    private static IEnumerable<string> Tags() =>
        TelemetryDocument.Rows("Spans").Where(cells => cells.Length > 4).SelectMany(cells => cells[4].Split(", "));

    [GeneratedRegex("""\{([A-Za-z]+)""")] private static partial Regex Attributes();

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "ObservableGauge" => "gauge",
        var other => other.ToLowerInvariant(),
    };
}
