using System.Collections.Concurrent;
using System.Diagnostics;
using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Silo.Tests.Telemetry;

/// <summary>What a worker with a real model tells of its chunks.</summary>
public sealed class RenderSpanTests : IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-spans-").FullName;

    [Fact]
    public async Task Chunks_HaveLoadingConditioningAndStoringWithinThem()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GridActivities.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        string id;
        await using (CilHost grid = await CilHost.StartEmbeddedAsync(
            new EmbeddedOptions
            {
                DataFolder = data, ModelFolders = [model.Folder], Planning = new PlannerOptions { Threads = 1, StepsPerChunk = 2 },
            }))
        {
            var request = new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 4 };
            JobSnapshot job = await grid.Client.SubmitAsync(request, PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(job.Id, timeout.Token)) job = snapshot;
            Assert.Equal(JobState.Completed, job.State);
            id = job.Id.Value;
        }

        // Other tests' grids are in this process too: what is within our chunks is ours.
        Activity[] chunks = [.. spans.Where(
            span => span.OperationName is GridActivities.ChunkDenoise or GridActivities.ChunkDecode
                && span.GetTagItem(GridActivities.JobTag) as string == id)];
        string[] within =
            [.. spans.Where(span => chunks.Any(chunk => chunk.SpanId == span.ParentSpanId)).Select(span => span.OperationName)];
        Assert.True(chunks.Length >= 3, $"{chunks.Length} chunks");
        Assert.Equal(chunks.Length, within.Count(name => name == GridActivities.CheckpointWrite));
        Assert.Single(within, GridActivities.ModelLoad);
        Assert.Single(within, GridActivities.ChunkCondition);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }
}
