using System.Diagnostics.Metrics;
using Cil.Api.Identity;
using Cil.Client.Diagnostics;
using Cil.Grains.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Grains.Tests.Diagnostics;

/// <summary>Dashboards and alerts of others are made of these names: whoever changes one changes docs/telemetry.md with it.</summary>
public sealed class TelemetryDocumentTests
{
    [Fact]
    public void Document_NamesEverySpanWithItsSource()
    {
        string[] expected = [$"{ClientActivities.JobSubmit} {ClientActivities.SourceName}", .. GridActivities.Names.Select(name => $"{name} {GridActivities.SourceName}")];

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

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "ObservableGauge" => "gauge",
        var other => other.ToLowerInvariant(),
    };
}
