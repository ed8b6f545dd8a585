namespace Cil.TestKit.Telemetry;

/// <summary>A span as a receiver has it.</summary>
/// <param name="Silo">The instance of the service that sent it.</param>
/// <param name="Parent">Empty for the first of a trace.</param>
/// <param name="Tags">Its attributes, as text.</param>
internal sealed record TelemetrySpan(
    string Silo, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags);
