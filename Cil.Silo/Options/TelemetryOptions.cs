namespace Cil.Silo.Options;

/// <summary>Where a silo's spans, metrics and logs go (docs/telemetry.md).</summary>
public sealed class TelemetryOptions
{
    // OpenTelemetry's own variable, which its exporters read.
    private const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Where spans, metrics and logs are sent as OTLP over gRPC, such as http://collector:4317. Default none: then
    /// OTEL_EXPORTER_OTLP_ENDPOINT counts, with OpenTelemetry's other variables; without it nothing is sent.
    /// </summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Whether metrics are answered at /metrics, to callers with the scope read. Default true.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Whether anything is sent.</summary>
    internal bool Sends => OtlpEndpoint is not null || !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Variable));
}
