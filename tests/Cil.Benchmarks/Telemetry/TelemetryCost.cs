using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Grid;
using Cil.Benchmarks.Measuring;
using Cil.Client.Http;
using Cil.Interfaces.Jobs;
using Cil.TestKit.Storage;
using Cil.TestKit.Telemetry;

namespace Cil.Benchmarks.Telemetry;

/// <summary>
/// README's render through two services, in pairs: one sends its spans, metrics and logs to a real receiver and has its metrics
/// read every second, one tells nothing. Each is a process of its own, since who listens to spans listens in its whole process.
/// </summary>
internal static class TelemetryCost
{
    private const double Aim = 1.01;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2),
        Look = TimeSpan.FromMilliseconds(200), Reading = TimeSpan.FromSeconds(1);

    /// <summary>The benchmark "telemetry".</summary>
    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("cil-telemetry-").FullName;
        using var model = new BenchmarkModel(options);
        using AspireDashboard receiver = await AspireDashboard.StartAsync();
        (Process telling, HttpCilClient told, HttpClient http) = await ServeAsync(
            Path.Combine(folder, "telling"), model, options, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Otlp.ToString() });
        (Process silent, HttpCilClient quiet, HttpClient other) = await ServeAsync(
            Path.Combine(folder, "silent"), model, options, new() { ["Cil__Telemetry__Metrics"] = "false" });
        using var enough = new CancellationTokenSource();
        Task reading = ReadAsync(http, enough.Token);
        try
        {
            byte[] picture = GridRender.Picture();
            byte[] one = await RenderAsync(told, model, picture, 1), same = await RenderAsync(quiet, model, picture, 1);
            if (!one.AsSpan().SequenceEqual(same)) throw new InvalidOperationException("the videos differ");
            (Samples Samples, HttpCilClient Client)[] sides = [(new Samples("with telemetry"), told), (new Samples("without"), quiet)];
            for (int run = 0; run < options.Runs; run++)
            {
                ulong seed = (ulong)run + 2;
                foreach ((Samples samples, HttpCilClient client) in run % 2 == 0 ? sides : [.. sides.Reverse()])
                    await samples.TimeAsync(() => RenderAsync(client, model, picture, seed));
            }

            int spans = (await receiver.SpansAsync(CancellationToken.None)).Count;
            if (spans == 0) throw new InvalidOperationException("nothing was received: there was no telemetry to measure");
            Console.WriteLine(
                $"  {model.Manifest.Name}, {model.Steps} steps; the receiver has {spans} spans; metrics were read every second");
            foreach ((Samples samples, _) in sides) samples.Print();
            return sides[0].Samples.Against(sides[1].Samples, Aim);
        }
        finally
        {
            await enough.CancelAsync();
            await reading;
            foreach (Process service in (Process[])[telling, silent])
            {
                service.Kill();
                await service.WaitForExitAsync();
                service.Dispose();
            }

            http.Dispose();
            other.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(Process Service, HttpCilClient Client, HttpClient Http)> ServeAsync(
        string data, BenchmarkModel model, BenchmarkOptions options, Dictionary<string, string> variables)
    {
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free(1)}");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "cil.dll"), "serve", "--data", data, "--models",
                model.Folder, "--url", url, "--threads", options.Threads.ToString(CultureInfo.InvariantCulture),
            ]);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        Process service = Process.Start(start)!;
        var http = new HttpClient { BaseAddress = new Uri(url) };
        using var limit = new CancellationTokenSource(TimeLimit);
        while (!await IsReadyAsync(http, limit.Token)) await Task.Delay(Look, limit.Token);
        return (service, new HttpCilClient(http), http);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<byte[]> RenderAsync(HttpCilClient client, BenchmarkModel model, byte[] picture, ulong seed)
    {
        JobSnapshot job = await client.SubmitAsync(
            new RenderRequest
            {
                Model = model.Manifest.Name, Steps = model.Steps, Prompt = "a bird moves to the right", Seed = seed, AnalyticInit = "off",
            },
            picture);
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id)) job = snapshot;
        return job.State == JobState.Completed
            ? await client.DownloadAsync(job.VideoBlob!)
            : throw new InvalidOperationException($"the render ended as {job.State}: {job.Error?.Message}");
    }

    private static async Task ReadAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _ = await http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
                await Task.Delay(Reading, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Enough.
            }
        }
    }
}
