using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.Api.Identity;
using Cil.Client.Jobs;
using Cil.Grains.Chunks;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Http;
using Cil.TestKit.Models;
using Cil.TestKit.Storage;
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

    // Of the processor there is nothing to tell.
    private const string Gpu = "hw_gpu_memory";

    // The tenant of the operator's key, to whose endpoint webhooks go.
    private const string Tenant = "operator";

    private readonly TinyModel model = new();
    // Steps of a job that is not over before its worker can be lost.
    private const int Long = 500;

    private readonly int port = Ports.Free(4);
    private readonly string folder = Directory.CreateTempSubdirectory("cil-prometheus-").FullName;

    [Fact]
    public async Task Dashboard_OfAServiceThatRenders_HasDataInEveryQueryAndNoAlertFires()
    {
        await using HttpsReceiver receiver = await HttpsReceiver.StartAsync();
        await using CilService service = await CilService.StartAsync(new ServiceOptions
        {
            Data = Data, Models = [model.Folder], Url = "http://127.0.0.1:0", Name = "one",
            Cluster = Cluster, SiloPort = port, GatewayPort = port + 1, DrainSeconds = 0, Planning = new PlannerOptions { Threads = 1 },
            Identity = new IdentityOptions { OperatorKey = Key },
            Outbound = new OutboundOptions { Authorities = receiver.Authority, Networks = ["127.0.0.0/8", "::1/128"] },
        });
        using var http = new HttpClient { BaseAddress = new Uri(service.Url) };
        using HttpResponseMessage refused = await http.GetAsync(Metrics);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using PrometheusServer prometheus = PrometheusServer.Start(
            folder, new Uri(service.Url).Authority, Key, Repository("k8s", "components", "monitoring", "alerts.yaml"));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        using HttpResponseMessage endpoint = await http.PostAsJsonAsync(
            new Uri("v1/webhook_endpoints", UriKind.Relative),
            new { name = "ours", url = $"{receiver.Url}/hook", event_types = (string[])["video.completed"] }, timeout.Token);
        Assert.True(endpoint.IsSuccessStatusCode, await endpoint.Content.ReadAsStringAsync(timeout.Token));
        await FailAChunkAsync(service.Client, http, timeout.Token);
        await LoseAWorkerAsync(service.Client, http, timeout.Token);

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

            missing = [.. without.Where(query => !IsOfGpus(query))];
        }

        foreach (string query in Queries().Where(IsOfGpus)) Assert.NotNull(await prometheus.QueryAsync(query, timeout.Token));
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

    private static RenderRequest Request => new() { Tenant = Tenant, Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 2 };

    private static Uri Metrics { get; } = new("metrics", UriKind.Relative);

    private string Data => Path.Combine(folder, "data");

    private string Cluster => $"localhost={Text(port)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Picture => PngWriter.Write(new byte[16 * 16 * 3], 16, 16);

    private static bool IsOfGpus(string query) => query.Contains(Gpu, StringComparison.Ordinal);

    private static async Task RenderAsync(ICilClient client, CancellationToken cancellationToken)
    {
        JobSnapshot job = await client.SubmitAsync(Request, Picture, cancellationToken: cancellationToken);
        await EndAsync(client, job, cancellationToken);
    }

    private static async Task EndAsync(ICilClient client, JobSnapshot job, CancellationToken cancellationToken)
    {
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, cancellationToken)) job = snapshot;
        Assert.True(job.State == JobState.Completed, $"{job.State}: {job.Error}");
    }

    // That the queue has handed it a chunk is not enough: the job must have heard of it.
    private static async Task<bool> IsAtWorkAsync(
        ICilClient client, JobSnapshot[] jobs, string worker, CancellationToken cancellationToken)
    {
        foreach (JobSnapshot job in jobs)
            if (await client.GetAsync(job.Id, cancellationToken) is { } now && now.Workers.Contains(worker)) return true;
        return false;
    }

    private static async Task UntilCountedAsync(HttpClient http, string metric, CancellationToken cancellationToken)
    {
        while (!(await http.GetStringAsync(Metrics, cancellationToken)).Contains($"\n{metric}{{", StringComparison.Ordinal))
            await Task.Delay(100, cancellationToken);
    }

    // While a file is where a job's checkpoints belong they cannot be stored: a chunk fails and is tried again, and the job ends well.
    private async Task FailAChunkAsync(ICilClient client, HttpClient http, CancellationToken cancellationToken)
    {
        var id = new RenderJobId("retried");
        string work = Path.Combine(Directory.CreateDirectory(Path.Combine(Data, "jobs", id.Value)).FullName, "work");
        await File.WriteAllTextAsync(work, "", cancellationToken);
        JobSnapshot job = await client.SubmitAsync(Request, Picture, id, cancellationToken: cancellationToken);
        await UntilCountedAsync(http, "cil_chunk_retries_total", cancellationToken);
        File.Delete(work);
        await EndAsync(client, job, cancellationToken);
    }

    // A worker in a process of its own is killed with a chunk in hand; each of the two workers has one of the jobs.
    private async Task LoseAWorkerAsync(ICilClient client, HttpClient http, CancellationToken cancellationToken)
    {
        // The coordinator's program, with the libtorch of these tests.
        string tests = Path.Combine(AppContext.BaseDirectory, "Cil.Silo.Tests");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json",
                Path.Combine(AppContext.BaseDirectory, "Cil.Silo.dll"),
            ])
        {
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in ((string, string)[])
            [
                ("Data", Data), ("Models__0", model.Folder), ("Name", "two"), ("Role", "worker"),
                ("Cluster", Cluster), ("SiloPort", Text(port + 2)), ("GatewayPort", Text(port + 3)), ("Url", "http://127.0.0.1:0"),
                ("Planning__Threads", "1"),
            ])
            start.Environment[$"Cil__{name}"] = value;
        using Process worker = Process.Start(start)!;
        Task<string> said = worker.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            JobSnapshot[] jobs =
            [
                await client.SubmitAsync(Request with { Steps = Long }, Picture, cancellationToken: cancellationToken),
                await client.SubmitAsync(Request with { Steps = Long }, Picture, cancellationToken: cancellationToken),
            ];
            while (!await IsAtWorkAsync(client, jobs, "two/0", cancellationToken))
            {
                Assert.False(worker.HasExited, worker.HasExited ? await said : "");
                await Task.Delay(20, cancellationToken);
            }

            worker.Kill();
            await UntilCountedAsync(http, "cil_lease_lost_total", cancellationToken);
            foreach (JobSnapshot job in jobs) await client.CancelAsync(job.Id, cancellationToken);
        }
        finally
        {
            if (!worker.HasExited) worker.Kill();
            await worker.WaitForExitAsync(CancellationToken.None);
        }
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
