using System.Collections;
using Cil.Client.Diagnostics;
using Cil.Grains.Diagnostics;
using Cil.Silo.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Hosting;

namespace Cil.Silo.Telemetry;

/// <summary>Puts together what a silo tells of itself: OTLP where it is wanted, and /metrics.</summary>
internal static class TelemetrySetup
{
    private const string VariablePrefix = "OTEL_", Service = "cil", MetricsPath = "/metrics",
        HealthPath = "/health", ScalerPath = "/externalscaler.ExternalScaler";

    /// <summary>
    /// OpenTelemetry's own variables, which it reads from the host's configuration; that has nothing else of the environment.
    /// </summary>
    internal static IEnumerable<KeyValuePair<string, string?>> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Where(variable => ((string)variable.Key).StartsWith(VariablePrefix, StringComparison.Ordinal))
        .Select(variable => new KeyValuePair<string, string?>((string)variable.Key, (string?)variable.Value));

    /// <summary>Adds providers and exporters; nothing where nobody wants anything.</summary>
    internal static void Add(IServiceCollection services, TelemetryOptions options, string silo)
    {
        if (!options.Sends && !options.Metrics) return;
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count before these.
            .ConfigureResource(resource => resource.AddService(Service, serviceInstanceId: silo).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                _ = metrics.AddMeter(GridInstruments.MeterName, "Microsoft.Orleans", "System.Runtime", "Microsoft.AspNetCore.Hosting");
                if (options.Metrics) _ = metrics.AddPrometheusExporter();
            });
        if (!options.Sends) return;
        _ = telemetry.WithLogging(null, logging => logging.IncludeFormattedMessage = true).WithTracing(tracing => tracing
            // Not Microsoft.Orleans.Runtime: nearly all of its spans are of an idle silo.
            .AddSource(ClientActivities.SourceName, GridActivities.SourceName, "Microsoft.Orleans.Application", "Microsoft.Orleans.Storage")
            .AddAspNetCoreInstrumentation(http => http.Filter = IsTraced));
        if (options.OtlpEndpoint is { } endpoint) _ = telemetry.UseOtlpExporter(OtlpExportProtocol.Grpc, new Uri(endpoint));
        else _ = telemetry.UseOtlpExporter();
    }

    /// <summary>Makes a call to a grain a part of the span that it is made in.</summary>
    internal static void Add(ISiloBuilder silo, TelemetryOptions options)
    {
        if (options.Sends) _ = silo.AddActivityPropagation();
    }

    /// <summary>Answers /metrics, to whoever may read.</summary>
    internal static void Use(WebApplication application, TelemetryOptions options)
    {
        if (options.Metrics) _ = application.MapPrometheusScrapingEndpoint(MetricsPath);
    }

    // Supervisors and autoscalers ask every few seconds.
    private static bool IsTraced(HttpContext http) => !((string[])[HealthPath, MetricsPath, ScalerPath])
        .Any(path => http.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
}
