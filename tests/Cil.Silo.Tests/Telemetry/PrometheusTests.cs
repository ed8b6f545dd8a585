using System.Net;
using System.Text.Json;
using Cil.Api.Identity;
using Cil.Client.Jobs;
using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Cil.TestKit.Telemetry;

namespace Cil.Silo.Tests.Telemetry;

/// <summary>
/// A real Prometheus reads a real service: every query of the dashboard has data, and every alert can be looked at. Nothing else runs in
/// this process meanwhile: OpenTelemetry takes instruments of one name for one, those of another test's silo too, and drops their
/// metrics when either silo ends.
/// </summary>
[Collection(nameof(PrometheusTests))]
public sealed class PrometheusTests : IDisposable
{
    private static readonly string Key = ApiKeyText.New().ToString();

    // Nothing until something goes wrong, an endpoint is told of a video, or a GPU is there.
    private static readonly string[] Empty =
        ["cil_chunk_retries_total", "cil_lease_lost_total", "cil_webhook_attempts_total", "hw_gpu_memory"];

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-prometheus-").FullName;

    [Fact]
    public async Task Dashboard_OfAServiceThatRenders_HasDataInEveryQueryAndNoAlertFires()
    {
        await using CilService service = await CilService.StartAsync(new ServiceOptions
        {
            Data = Path.Combine(folder, "data"), Models = [model.Folder], Url = "http://127.0.0.1:0", Name = "one", DrainSeconds = 0,
            Planning = new PlannerOptions { Threads = 1 }, Identity = new IdentityOptions { OperatorKey = Key },
        });
        using var http = new HttpClient();
        using HttpResponseMessage refused = await http.GetAsync(new Uri(new Uri(service.Url), "metrics"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using PrometheusServer prometheus = PrometheusServer.Start(
            folder, new Uri(service.Url).Authority, Key, Repository("k8s", "components", "monitoring", "alerts.yaml"));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(8));

        // Rates need values that grow from one reading to the next.
        string[] missing = [.. Queries()];
        while (missing.Length > 0)
        {
            Assert.False(timeout.IsCancellationRequested, $"queries without data: {string.Join("; ", missing)}");
            await RenderAsync(service.Client, CancellationToken.None);
            _ = await Assert.ThrowsAsync<RequestRefusedException>(() => service.Client.SubmitAsync(Request with { Steps = -1 }, Picture));
            var without = new List<string>();
            foreach (string query in missing)
            {
                double[]? values = await prometheus.QueryAsync(query, CancellationToken.None);
                if (values is null || values.Length == 0 || values.All(double.IsNaN)) without.Add(query);
            }

            missing = [.. without.Where(query => !IsEmptyUntilAFault(query))];
        }

        foreach (string query in Queries().Where(IsEmptyUntilAFault)) Assert.NotNull(await prometheus.QueryAsync(query, timeout.Token));
        // One reading that took too long leaves a gap, and what looks for gaps pending until the next; nothing stays so.
        (string Name, string State, string Error)[] alerts;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1), timeout.Token);
            alerts = (await prometheus.AlertsAsync(timeout.Token))!;
            Assert.NotEmpty(alerts);
            Assert.All(alerts, alert => Assert.Equal("", alert.Error));
            Assert.DoesNotContain(alerts, alert => alert.State == "firing");
        }
        while (alerts.Any(alert => alert.State != "inactive"));
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static RenderRequest Request => new() { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 2 };

    private static byte[] Picture => PngWriter.Write(new byte[16 * 16 * 3], 16, 16);

    private static bool IsEmptyUntilAFault(string query) => Empty.Any(name => query.Contains(name, StringComparison.Ordinal));

    private static async Task RenderAsync(ICilClient client, CancellationToken cancellationToken)
    {
        JobSnapshot job = await client.SubmitAsync(Request, Picture, cancellationToken: cancellationToken);
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, cancellationToken)) job = snapshot;
        Assert.Equal(JobState.Completed, job.State);
    }

    private static string[] Queries()
    {
        using JsonDocument dashboard = JsonDocument.Parse(
            File.ReadAllText(Repository("k8s", "components", "monitoring", "dashboard.json")));
        return [.. dashboard.RootElement.GetProperty("panels")
            .EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    private static string Repository(params string[] path)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cil.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine([folder, .. path]);
    }
}

[CollectionDefinition(nameof(PrometheusTests), DisableParallelization = true)]
public sealed class PrometheusCollection;
