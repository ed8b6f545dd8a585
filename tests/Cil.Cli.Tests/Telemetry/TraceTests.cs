using System.Diagnostics;
using System.Globalization;
using Cil.Client.Http;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;
using Cil.TestKit.Scaling;
using Cil.TestKit.Telemetry;

namespace Cil.Cli.Tests.Telemetry;

/// <summary>
/// Spans and logs of silos that are processes, in a receiver that is not ours; one of them is killed in the middle of a job.
/// </summary>
public sealed class TraceTests : IDisposable
{
    private const int FewestSteps = 60, MostSteps = 1000, StepsPerChunk = 10, Width = 16;
    private static readonly string[] Names = ["job submit", "job", "chunk denoise", "chunk decode", "encode"];
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(4), Look = TimeSpan.FromMilliseconds(50);

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-trace-").FullName;

    [Fact]
    public async Task Trace_OfAJobWhoseWorkerIsKilled_IsOneFromTheClientsCallToTheVideo()
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        using AspireDashboard receiver = await AspireDashboard.StartAsync();
        using var grid = new ScaledGrid(
            Path.Combine(AppContext.BaseDirectory, "cil.dll"),
            folder,
            model.Folder,
            new Dictionary<string, string>
            {
                ["Cil__Planning__StepsPerChunk"] = StepsPerChunk.ToString(CultureInfo.InvariantCulture), ["DOTNET_PROCESSOR_COUNT"] = "1",
                // Spans go out at once, so that a killed worker has sent those of the chunks before.
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Otlp.ToString(),
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100", ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            });
        await grid.ReadyAsync();
        using ScaledWorker first = grid.StartWorker("w1");
        using var http = new HttpClient { BaseAddress = grid.Url };
        var client = new HttpCilClient(http);
        (Activity call, JobSnapshot job, int steps) = await BeginAsync(client, receiver, timeout.Token);
        first.Kill();
        using ScaledWorker second = grid.StartWorker("w2");
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, timeout.Token)) job = snapshot;
        Assert.True(job.State == JobState.Completed, $"{job.State}: {job.Error}");
        IReadOnlyList<TelemetrySpan> spans;
        // Silos send in batches: what happened first may come last.
        do spans = await receiver.SpansAsync(timeout.Token);
        while (!Names.All(name => spans.Any(span => span.Name == name && IsOf(span, job))) || Missing(spans, job, steps) > 1);

        TelemetrySpan[] own = [.. spans.Where(span => IsOf(span, job))];
        Assert.All(own, span => Assert.Equal(call.TraceId.ToHexString(), span.Trace));
        Assert.Equal(
            ["w1", "w2"],
            own.Where(span => span.Name == "chunk denoise").Select(span => span.Silo).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(own, span => span.Silo == "w2" && span.Tags.TryGetValue("cil.chunk.epoch", out string? epoch) && epoch != "1");
        // What is within a chunk, and what a call to a grain is, is of the same trace.
        TelemetrySpan[] all = [.. spans.Where(span => span.Trace == call.TraceId.ToHexString())];
        Assert.All(
            ["chunk condition", "checkpoint write"],
            name => Assert.Contains(all, span => span.Name == name && all.Any(parent => parent.Id == span.Parent)));
        Assert.Contains(all, span => span.Silo == "c1" && span.Name == "POST /api/jobs");
        Assert.Contains(all, span => span.Name.Contains("IRenderJobGrain", StringComparison.Ordinal));
        // Logs go the same way.
        while (!(await receiver.LogsAsync(timeout.Token))
            .Any(line => line.Silo == "c1" && line.Text.Contains(job.Id.Value, StringComparison.Ordinal)))
        {
            await Task.Delay(Look, timeout.Token);
        }
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // A job in the middle, with two chunks seen of it: as long as it must be for that on this machine.
    private static async Task<(Activity Call, JobSnapshot Job, int Steps)> BeginAsync(
        HttpCilClient client, AspireDashboard receiver, CancellationToken cancellationToken)
    {
        for (int steps = FewestSteps; ; steps = Math.Min(MostSteps, steps * 2))
        {
            using var call = new Activity("client");
            // A sampled caller: the service's spans follow it.
            call.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
            _ = call.SetIdFormat(ActivityIdFormat.W3C).Start();
            JobSnapshot? job = await client.SubmitAsync(
                new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = steps, Start = MostSteps, Seed = 5 },
                PngWriter.Write(new byte[Width * Width * 3], Width, Width), cancellationToken: cancellationToken);
            call.Stop();
            while (job is { IsFinished: false })
            {
                if ((await ChunksAsync(receiver, job, cancellationToken)).Count(span => span.Silo == "w1") >= 2) return (call, job, steps);
                await Task.Delay(Look, cancellationToken);
                job = await client.GetAsync(job.Id, cancellationToken);
            }
        }
    }

    // Each chunk has a span, but for one that may have ended in the moment before the kill; the one in hand was rendered again.
    private static int Missing(IReadOnlyList<TelemetrySpan> spans, JobSnapshot job, int steps) =>
        Enumerable.Range(0, steps / StepsPerChunk).Except(spans
            .Where(span => span.Name == "chunk denoise" && IsOf(span, job) && !span.Tags.ContainsKey("error.type"))
            .Select(span => int.Parse(span.Tags["cil.chunk.index"], CultureInfo.InvariantCulture))).Count();

    private static bool IsOf(TelemetrySpan span, JobSnapshot job) =>
        span.Tags.TryGetValue("cil.job.id", out string? id) && id == job.Id.Value;

    private static async Task<IEnumerable<TelemetrySpan>> ChunksAsync(
        AspireDashboard receiver, JobSnapshot job, CancellationToken cancellationToken) =>
        (await receiver.SpansAsync(cancellationToken)).Where(span => span.Name == "chunk denoise" && IsOf(span, job));
}
