using System.Globalization;
using System.Net.Http.Json;
using Cil.Client.Contracts;
using Cil.Grains.Chunks;
using Cil.Grains.Queue;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Cil.TestKit.Scaling.Wire;
using Grpc.Net.Client;

namespace Cil.Api.Tests.Demand;

/// <summary>One number by three ways. Alone, as <see cref="MetricsTests"/> says.</summary>
[Collection(nameof(MetricsTests))]
public sealed class DemandMetricTests : IDisposable
{
    private const string Metric = "cil_device_demand", Workers = "cil_device_workers";

    private static readonly string[] Classes = ["l4", "h200"];

    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-demand-").FullName;

    [Fact]
    public async Task Demand_OfEachClass_IsTheSameByGrpcByHttpAndAsAMetric()
    {
        await using CilService service = await CilService.StartAsync(new ServiceOptions
        {
            Data = data,
            Models = [model.Folder],
            Url = "http://127.0.0.1:0",
            ScalerUrl = "http://127.0.0.1:0",
            Devices = 0,
            Planning = new PlannerOptions { Threads = 1 },
            Queue = new QueueOptions { Classes = ["l4=22", "h200=140"] },
        });
        using GrpcChannel channel = GrpcChannel.ForAddress(service.ScalerUrl!);
        var scaler = new ExternalScaler.ExternalScalerClient(channel);
        using var http = new HttpClient { BaseAddress = new Uri(service.Url) };
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        JobSnapshot[] jobs = [await SubmitAsync(service), await SubmitAsync(service), await SubmitAsync(service)];
        await SameAsync(3, 0);
        _ = await service.Client.PauseAsync(jobs[0].Id);
        await SameAsync(2, 0);
        foreach (JobSnapshot job in jobs) await service.Client.CancelAsync(job.Id);
        await SameAsync(0, 0);

        // The queue tells of itself every second, and the answer of /metrics is kept for a moment.
        async Task SameAsync(params int[] wanted)
        {
            Dictionary<string, double> told;
            do
            {
                await Task.Delay(100, timeout.Token);
                told = Read(await http.GetStringAsync(new Uri("metrics", UriKind.Relative), timeout.Token));
            }
            while (Classes.Zip(wanted).Any(one => told.GetValueOrDefault($"{Metric} {one.First}", -1) != one.Second));

            foreach ((string name, int slots) in Classes.Zip(wanted))
            {
                var asked = new GetMetricsRequest
                {
                    MetricName = Metric,
                    ScaledObjectRef = new ScaledObjectRef { Name = "cil-worker", Namespace = "cil", ScalerMetadata = { ["class"] = name } },
                };
                Assert.Equal(slots, Assert.Single((await scaler.GetMetricsAsync(asked)).MetricValues).MetricValue_);
                ApiClassDemand demand = Assert.Single((await http.GetFromJsonAsync<ApiDemand>(
                    new Uri($"api/demand?class={name}", UriKind.Relative), ApiJson.Options, timeout.Token))!.Classes);
                Assert.Equal((slots, 0), (demand.Slots, demand.Workers));
                Assert.Equal(0, told[$"{Workers} {name}"]);
            }
        }
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    // Lines such as: cil_device_demand{…,class="l4"} 3 1764566400000
    private static Dictionary<string, double> Read(string text) => text.Split('\n')
        .Where(line => line.StartsWith(Metric, StringComparison.Ordinal) || line.StartsWith(Workers, StringComparison.Ordinal))
        .ToDictionary(
            line => $"{line[..line.IndexOf('{', StringComparison.Ordinal)]} {line.Split("class=\"")[1].Split('"')[0]}",
            line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0], CultureInfo.InvariantCulture));

    private static Task<JobSnapshot> SubmitAsync(CilService service) => service.Client.SubmitAsync(
        new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 2 },
        PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
}
