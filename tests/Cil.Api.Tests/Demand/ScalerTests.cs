using System.Net;
using System.Net.Http.Json;
using Cil.TestKit.Scaling.Wire;
using Cil.Client.Contracts;
using Cil.Grains.Chunks;
using Cil.Grains.Queue;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Grpc.Core;
using Grpc.Net.Client;

namespace Cil.Api.Tests.Demand;

/// <summary>The demand as KEDA asks for it, and by HTTP: of a grid without a worker, which is where scaling begins.</summary>
public sealed class ScalerTests : IAsyncLifetime, IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-scaler-").FullName;
    private CilService service = null!;
    private GrpcChannel channel = null!;
    private HttpClient http = null!;
    private ExternalScaler.ExternalScalerClient scaler = null!;

    public async Task InitializeAsync()
    {
        service = await CilService.StartAsync(new ServiceOptions
        {
            Data = data,
            Models = [model.Folder],
            Url = "http://127.0.0.1:0",
            ScalerUrl = "http://127.0.0.1:0",
            Devices = 0,
            Planning = new PlannerOptions { Threads = 1 },
            Queue = new QueueOptions { Classes = ["l4=22", "h200=140"] },
        });
        channel = GrpcChannel.ForAddress(service.ScalerUrl!);
        scaler = new ExternalScaler.ExternalScalerClient(channel);
        http = new HttpClient { BaseAddress = new Uri(service.Url) };
    }

    [Fact]
    public async Task Demand_OfAJobThatNoWorkerIsThereFor_IsOneSlotOfTheFirstClass()
    {
        Assert.False((await scaler.IsActiveAsync(Of("l4"))).Result);

        _ = await SubmitAsync();

        Assert.True((await scaler.IsActiveAsync(Of("l4"))).Result);
        Assert.False((await scaler.IsActiveAsync(Of("h200"))).Result);
        MetricValue value = Assert.Single(
            (await scaler.GetMetricsAsync(
                new GetMetricsRequest { ScaledObjectRef = Of("l4"), MetricName = "cil_device_demand" })).MetricValues);
        Assert.Equal(("cil_device_demand", 1L, 1.0), (value.MetricName, value.MetricValue_, value.MetricValueFloat));
        Assert.Equal(
            new ApiClassDemand("l4", 1, 1, 0, 0),
            Assert.Single((await http.GetFromJsonAsync<ApiDemand>("/api/demand?class=l4", ApiJson.Options))!.Classes));
        Assert.Equal(
            ["l4", "h200"], (await http.GetFromJsonAsync<ApiDemand>("/api/demand", ApiJson.Options))!.Classes.Select(one => one.Class));
    }

    [Fact]
    public async Task Demand_OfAPausedJob_IsNone()
    {
        JobSnapshot job = await SubmitAsync();

        _ = await service.Client.PauseAsync(job.Id);

        Assert.False((await scaler.IsActiveAsync(Of("l4"))).Result);
    }

    [Fact]
    public async Task MetricSpec_OfPodsWithSeveralDevices_AsksForSoManySlotsAPod()
    {
        ScaledObjectRef one = Of("l4"), eight = Of("l4");
        eight.ScalerMetadata["devices"] = "8";

        Assert.Equal(("cil_device_demand", 1L, 1.0), SpecOf(await scaler.GetMetricSpecAsync(one)));
        Assert.Equal(("cil_device_demand", 8L, 8.0), SpecOf(await scaler.GetMetricSpecAsync(eight)));
        eight.ScalerMetadata["devices"] = "many";
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await scaler.GetMetricSpecAsync(eight));
        Assert.Equal((StatusCode.InvalidArgument, "devices: 1 to 64, got 'many'"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Stream_PushesWhatIsNowAndEachChange()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using AsyncServerStreamingCall<IsActiveResponse> stream = scaler.StreamIsActive(Of("l4"), cancellationToken: timeout.Token);

        Assert.True(await stream.ResponseStream.MoveNext(timeout.Token));
        Assert.False(stream.ResponseStream.Current.Result);
        JobSnapshot job = await SubmitAsync();
        Assert.True(await stream.ResponseStream.MoveNext(timeout.Token));
        Assert.True(stream.ResponseStream.Current.Result);
        await service.Client.CancelAsync(job.Id);
        Assert.True(await stream.ResponseStream.MoveNext(timeout.Token));
        Assert.False(stream.ResponseStream.Current.Result);
    }

    [Fact]
    public async Task Class_ThatThereIsNot_IsRefusedAndNamesThoseThatThereAre()
    {
        const string Words = "l4 or h200, got 'a100'; a class without a worker must be listed in Queue:Classes";

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await scaler.IsActiveAsync(Of("a100")));
        using HttpResponseMessage answer = await http.GetAsync(new Uri("/api/demand?class=a100", UriKind.Relative));

        Assert.Equal((StatusCode.InvalidArgument, $"class: {Words}"), (error.StatusCode, error.Status.Detail));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        ApiFieldError field = Assert.Single((await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options))!.Errors!);
        Assert.Equal(("class", Words), (field.Field, field.Message));
    }

    [Fact]
    public async Task ScalersPort_LeadsToNothingElseOfTheService()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(service.ScalerUrl!), "/api/queue"))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        channel.Dispose();
        await service.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    public void Dispose() => model.Dispose();

    private static ScaledObjectRef Of(string name) =>
        new() { Name = "cil-worker", Namespace = "cil", ScalerMetadata = { ["class"] = name } };

    private static (string, long, double) SpecOf(GetMetricSpecResponse answer)
    {
        MetricSpec spec = Assert.Single(answer.MetricSpecs);
        return (spec.MetricName, spec.TargetSize, spec.TargetSizeFloat);
    }

    private Task<JobSnapshot> SubmitAsync() => service.Client.SubmitAsync(
        new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 2 },
        PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
}
