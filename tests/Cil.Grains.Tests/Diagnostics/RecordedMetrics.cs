using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cil.Api.Identity;

namespace Cil.Grains.Tests.Diagnostics;

/// <summary>What one grid's instruments are told.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<(string Name, string Labels, double Value)> seen = new();

    internal RecordedMetrics(IMeterFactory meters)
    {
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
    }

    /// <summary>The names of labels that each metric of ours was given.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Labels => seen.Where(one => one.Name.StartsWith("cil.", StringComparison.Ordinal))
        .Select(
            one => KeyValuePair.Create(
                one.Name,
                string.Join(',', one.Labels.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')[0]))))
        .Distinct();

    /// <summary>Has gauges read.</summary>
    internal void Collect() => listener.RecordObservableInstruments();

    /// <summary>A gauge's last value.</summary>
    internal double Value(string name) => seen.Last(one => one.Name == name).Value;

    internal int Count(string name, params (string Name, string Value)[] labels) =>
        seen.Count(one => one.Name == name && one.Labels == string.Join(';', labels.Select(label => $"{label.Name}={label.Value}")));

    public void Dispose() => listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => seen.Enqueue((
        instrument.Name,
        string.Join(';', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")), value));
}
