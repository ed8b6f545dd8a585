using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Workers;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Rendering.Devices;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Silo.Tests.Hosting;

public sealed class DrainTests : IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-drain-").FullName;

    [Fact]
    public async Task Drain_WithTime_StoresTheChunksAssignedAndBeginsNoOther()
    {
        RenderJobId id = await StopInTheMiddleAsync(drainSeconds: 60);

        RenderJobState state = Stored(id);
        Assert.Equal(JobState.Running, state.State);
        Assert.Contains(state.Chunks, chunk => chunk.Epoch == 0);
        Assert.All(state.Chunks.Where(chunk => chunk.Epoch > 0), chunk => Assert.NotNull(chunk.OutputBlob));
    }

    [Fact]
    public async Task Drain_WithoutTime_LeavesAJobThatAnotherServiceEnds()
    {
        RenderJobId id = await StopInTheMiddleAsync(drainSeconds: 0);
        Assert.Null(ServiceFile.Find(data));

        await using CilService again = await StartAsync(0);
        JobSnapshot? end = null;
        try
        {
            await foreach (JobSnapshot snapshot in again.Client.WatchAsync(id, new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token))
                end = snapshot;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"not over in time: {end}");
        }

        Assert.Equal(JobState.Completed, end!.State);
    }

    [Fact]
    public async Task Service_WhoseDeviceIsLost_LeavesAndSaysWhy()
    {
        await using CilService service = await StartAsync(drainSeconds: 5);
        Task running = service.RunAsync();

        Assert.True(service.Services.GetRequiredService<IDeviceHost>().Lose(0, "an illegal memory access"));

        DeviceLostException lost = await Assert.ThrowsAsync<DeviceLostException>(() => running.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.StartsWith("device 0: an illegal memory access", lost.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    // Stops the service when the job's first chunk is stored.
    private async Task<RenderJobId> StopInTheMiddleAsync(double drainSeconds)
    {
        await using CilService service = await StartAsync(drainSeconds);
        Assert.Equal(service.Url, ServiceFile.Find(data));
        JobSnapshot job = await service.Client.SubmitAsync(
            new RenderRequest { Model = "tiny", Prompt = "a thing", Steps = 80, Seed = 5 }, PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
        await foreach (JobSnapshot snapshot in service.Client.WatchAsync(job.Id))
        {
            if (snapshot.Step >= 20) break;
        }

        return job.Id;
    }

    private RenderJobState Stored(RenderJobId id) =>
        System.Text.Json.JsonSerializer.Deserialize<RenderJobState>(File.ReadAllBytes(Path.Combine(data, "state", "job", $"{id}.json")))!;

    private Task<CilService> StartAsync(double drainSeconds) => CilService.StartAsync(new ServiceOptions
    {
        Data = data,
        Models = [model.Folder],
        Url = "http://127.0.0.1:0",
        Name = "one",
        DrainSeconds = drainSeconds,
        Planning = new PlannerOptions { Threads = 1, StepsPerChunk = 10 },
    });
}
