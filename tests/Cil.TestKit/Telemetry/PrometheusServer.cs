using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.TestKit.Storage;

namespace Cil.TestKit.Telemetry;

/// <summary>Debian's Prometheus, which reads one service's metrics every second.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly Process process;
    private readonly HttpClient http;

    private PrometheusServer(Process process, int port) =>
        (this.process, http) =
            (process, new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) });

    /// <param name="target">host:port.</param>
    /// <param name="key">What it shows to be let in.</param>
    /// <param name="rules">A file of alert rules.</param>
    internal static PrometheusServer Start(string folder, string target, string key, string rules)
    {
        int port = Ports.Free(1);
        string file = Path.Combine(folder, "prometheus.yml"), keyFile = Path.Combine(folder, "cil-key");
        File.WriteAllText(keyFile, key);
        File.WriteAllText(file, $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: ["{{rules}}"]
            scrape_configs:
              - job_name: cil
                authorization: { credentials_file: {{keyFile}} }
                static_configs: [{ targets: ["{{target}}"] }]
            """);
        var start = new ProcessStartInfo(
            "prometheus",
            [
                "--config.file", file, "--storage.tsdb.path", Path.Combine(folder, "tsdb"),
                "--web.listen-address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            ])
        {
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        // Read to the end even when nobody looks: a full pipe would stop it.
        _ = process.StandardError.ReadToEndAsync();
        return new PrometheusServer(process, port);
    }

    /// <summary>The values that a query has now; null while Prometheus does not answer.</summary>
    /// <exception cref="HttpRequestException">The query is none.</exception>
    internal async Task<double[]?> QueryAsync(string query, CancellationToken cancellationToken)
    {
        if (await AskAsync($"api/v1/query?query={Uri.EscapeDataString(query)}", cancellationToken) is not { } data) return null;
        return [.. data.GetProperty("result")
            .EnumerateArray()
            .Select(one => double.Parse(one.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
    }

    /// <summary>Each alert with its state and what went wrong when it was looked at; null while Prometheus does not answer.</summary>
    internal async Task<(string Name, string State, string Error)[]?> AlertsAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync("api/v1/rules", cancellationToken) is not { } data) return null;
        return [.. data.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(
                rule => (rule.GetProperty("name")
                    .GetString()!, rule.GetProperty("state")
                    .GetString()!, rule.TryGetProperty("lastError", out JsonElement error) ? error.GetString()! : ""))];
    }

    public void Dispose()
    {
        http.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task<JsonElement?> AskAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            return (await http.GetFromJsonAsync<JsonElement>(new Uri(address, UriKind.Relative), cancellationToken)).GetProperty("data");
        }
        catch (HttpRequestException error) when (error.StatusCode is null or System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }
}
