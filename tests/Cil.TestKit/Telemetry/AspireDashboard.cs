using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Cil.TestKit.Storage;

namespace Cil.TestKit.Telemetry;

/// <summary>A receiver of OTLP that is not ours: Aspire's dashboard, which is asked for what it got.</summary>
internal sealed class AspireDashboard : IDisposable
{
    /// <summary>The name under which the project file says where the program is.</summary>
    private const string Metadata = "AspireDashboard";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2), Look = TimeSpan.FromMilliseconds(200);

    private readonly Process process;
    private readonly HttpClient http;

    private AspireDashboard(Process process, Uri frontend, Uri otlp) =>
        (this.process, http, Otlp) = (process, new HttpClient { BaseAddress = frontend }, otlp);

    /// <summary>Where OTLP over gRPC goes.</summary>
    internal Uri Otlp { get; }

    internal static async Task<AspireDashboard> StartAsync()
    {
        string program = typeof(AspireDashboard).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(one => one.Key == Metadata).Value!;
        // Packages keep no rights of files.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        int port = Ports.Free(2);
        Uri frontend = Address(port), otlp = Address(port + 1);
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Path.GetDirectoryName(program),
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = frontend.ToString(), ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = otlp.ToString(),
                ["Dashboard__Frontend__AuthMode"] = "Unsecured",
                ["Dashboard__Otlp__AuthMode"] = "Unsecured", ["Dashboard__Api__Enabled"] = "true",
                ["Dashboard__Api__AuthMode"] = "Unsecured",
            },
        };
        var dashboard = new AspireDashboard(Process.Start(start)!, frontend, otlp);
        // Read to the end even when nobody looks: a full pipe would stop it.
        _ = dashboard.process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            try
            {
                _ = await dashboard.SpansAsync(limit.Token);
                return dashboard;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(Look, limit.Token);
            }
        }
    }

    /// <summary>All spans that it has.</summary>
    internal async Task<IReadOnlyList<TelemetrySpan>> SpansAsync(CancellationToken cancellationToken)
    {
        using JsonDocument answer = await AskAsync("spans", cancellationToken);
        return
        [
            .. from resource in answer.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let silo = Attributes(resource.GetProperty("resource")).GetValueOrDefault("service.instance.id", "")
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new TelemetrySpan(
                   silo, Text(span, "traceId"), Text(span, "spanId"), Text(span, "parentSpanId"), Text(span, "name"), Attributes(span)),
        ];
    }

    /// <summary>All lines of logs that it has, with the silo that sent them.</summary>
    internal async Task<IReadOnlyList<(string Silo, string Text)>> LogsAsync(CancellationToken cancellationToken)
    {
        using JsonDocument answer = await AskAsync("logs", cancellationToken);
        return
        [
            .. from resource in answer.RootElement.GetProperty("data").GetProperty("resourceLogs").EnumerateArray()
               let silo = Attributes(resource.GetProperty("resource")).GetValueOrDefault("service.instance.id", "")
               from scope in resource.GetProperty("scopeLogs").EnumerateArray()
               from record in scope.GetProperty("logRecords").EnumerateArray()
               select (silo, record.GetProperty("body").GetProperty("stringValue").GetString() ?? ""),
        ];
    }

    public void Dispose()
    {
        http.Dispose();
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private static Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static Dictionary<string, string> Attributes(JsonElement element) =>
        element.TryGetProperty("attributes", out JsonElement attributes)
            ? attributes.EnumerateArray()
                .ToDictionary(
                    one => Text(one, "key"), one => one.GetProperty("value").EnumerateObject().First().Value.ToString(),
                    StringComparer.Ordinal)
            : [];

    // More than any test sends.
    private async Task<JsonDocument> AskAsync(string what, CancellationToken cancellationToken) =>
        await JsonDocument.ParseAsync(
            await http.GetStreamAsync(new Uri($"api/telemetry/{what}?limit=10000", UriKind.Relative), cancellationToken),
            cancellationToken: cancellationToken);
}
