using System.Diagnostics;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Blobs;
using Cil.Grains.Diagnostics;
using Cil.Grains.Jobs;
using Cil.Grains.Workers;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Rendering.Devices;
using Cil.Rendering.Models;
using Cil.Rendering.Statistics;
using Cil.Storage;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Rendering.Chunks;

/// <summary>
/// The renderer port on one libtorch device: keeps one model, one job's conditioning and its latents. Each
/// <see cref="ChunkWork"/> runs on the device's thread.
/// </summary>
/// <param name="deviceClass">The device's class.</param>
/// <param name="memory">The device's memory in bytes; 0 where it is not known.</param>
/// <param name="tellsMemory">Whether what the system counts is this device's alone.</param>
public sealed class DiffusionChunkRenderer(
    string name, Device device, string deviceClass, long memory, bool tellsMemory,
    ModelCatalog catalog, DatasetCatalog datasets, IBlobStore blobs,
    GridInstruments? instruments = null) : IChunkRenderer, IDisposable
{
    private readonly DeviceThread thread = new($"device {name}");
    private readonly ChunkReader reader = new(blobs, catalog);
    private (string Name, Precision Precision, VideoPipeline Pipeline)? model;
    private LoadedJob? loaded;

    // What the device will hold once all calls so far are done.
    private Held ahead;

    public IReadOnlyList<string> Models => catalog.Names;

    public string? Loaded => model?.Name;

    public string Class => deviceClass;

    public long Memory => memory;

    public async Task<ChunkResult> RenderAsync(ChunkLease lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return lease switch
            {
                ChunkLease.Render render => await RenderAsync(render, progress, cancellationToken),
                ChunkLease.Measure measure => await MeasureAsync(measure, progress, cancellationToken),
                _ => throw new ArgumentException($"a lease of a kind that is not known: {lease.GetType()}", nameof(lease)),
            };
        }
        catch (OperationCanceledException)
        {
            ahead = default;
            return new ChunkResult.Stopped();
        }
        catch (CorruptBlobException corrupt)
        {
            ahead = default;
            return new ChunkResult.Corrupt(corrupt.Blob);
        }
        catch (Exception error)
        {
            ahead = default;
            JobError reason = await ExplainAsync(error, lease);
            if (reason.Code == JobError.OutOfMemory) await FreeAsync();
            return new ChunkResult.Failed(reason);
        }
    }

    /// <summary>Binds a model's weights before any chunk asks for them.</summary>
    internal Task BindAsync(string model, Precision precision, int threads) => thread.RunAsync(() =>
    {
        using IDisposable? held = Hold(threads);
        return Load(model, precision, null).Manifest;
    });

    public void Dispose()
    {
        FreeAsync().GetAwaiter().GetResult();
        thread.Dispose();
    }

    // Job and model: whatever the device holds.
    private Task<bool> FreeAsync() => thread.RunAsync(() =>
    {
        Drop();
        model?.Pipeline.Dispose();
        model = null;
        DeviceMemory.EmptyCache(device);
        return true;
    });

    private async Task<ChunkResult> RenderAsync(ChunkLease.Render lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        RenderPlan plan = lease.Plan;
        var sources = new ChunkSources(lease);
        bool isNewJob = ahead.Job != plan.Job;
        Held held = isNewJob ? new Held(plan.Job, null, null) : ahead;
        bool isConditioned = held.Conditioned == sources.Conditioned || sources.Conditioned is null,
            hasLatents = held.Latents == sources.Latents || sources.Latents is null;
        ahead = new Held(plan.Job, sources.Conditioned ?? held.Conditioned, sources.Leaves ?? held.Latents);
        // Storage and ffmpeg first: the device's thread waits for nobody.
        byte[]? image = isConditioned ? null : await reader.ImageAsync(plan, sources, cancellationToken);
        LatentStatistics? statistics = image is null ? null : await reader.StatisticsAsync(plan, thread, cancellationToken);
        byte[]? latents = hasLatents ? null : await reader.OutputAsync(sources.Latents!, cancellationToken);
        var predictions = new Dictionary<Chunk, byte[]>();
        foreach ((Chunk chunk, string blob) in sources.Predictions) predictions[chunk] = await reader.OutputAsync(blob, cancellationToken);
        var input = new ChunkInput(sources, image, statistics, latents, predictions);
        long peak = 0;
        Activity? span = Activity.Current;
        Output output = await thread.RunAsync(() =>
        {
            // What the job before needed is not to be taken for this one's.
            if (isNewJob) DeviceMemory.EmptyCache(device);
            if (tellsMemory) DeviceMemory.ResetPeaks(device);
            using IDisposable? held = Hold(plan.Threads);
            Output made = Render(lease, input, progress, span, cancellationToken);
            if (tellsMemory) peak = DeviceMemory.Read(device)?.PeakBytes ?? 0;
            return made;
        });
        // What is rendered is kept, also by a worker that is leaving.
        using (GridActivities.Begin(GridActivities.CheckpointWrite))
            _ = await blobs.PutAsync(lease.OutputBlob, output.Content, cancellationToken: CancellationToken.None);
        string? preview = await PreviewAsync(plan, output.Preview, CancellationToken.None);
        return new ChunkResult.Rendered(lease.OutputBlob, preview, output.WeightsHash, device.ToString()) { PeakBytes = peak };
    }

    private async Task<ChunkResult> MeasureAsync(ChunkLease.Measure lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        StatisticsPlan plan = lease.Plan;
        var measurer = new ShardMeasurer(
            thread, () => Hold(plan.Threads), datasets.Folder(plan.Dataset), plan,
            () => Load(plan.Model, Precision.Parse(plan.Precision), null));
        (byte[] moments, string hash) = await measurer.MeasureAsync(lease.Chunk, progress, cancellationToken);
        _ = await blobs.PutAsync(lease.OutputBlob, moments, cancellationToken: CancellationToken.None);
        return new ChunkResult.Rendered(lease.OutputBlob, null, hash, device.ToString());
    }

    private async Task<JobError> ExplainAsync(Exception error, ChunkLease lease)
    {
        JobError reason = ChunkErrors.Explain(error, lease);
        // The processor is lost with its process; a GPU may be lost to it.
        if (reason.Code != JobError.RenderFailed || device.type == TorchSharp.DeviceType.CPU) return reason;
        return await thread.RunAsync(() => DeviceProbe.Fault(device)) is { } fault
            ? new JobError(
                JobError.DeviceLost,
                $"{device} computes no more in this process ({ChunkErrors.FirstLine(fault)}), since: {error.Message}", Retryable: true)
            : reason;
    }

    // On the device's thread from here on.
    private Output Render(
        ChunkLease.Render lease, ChunkInput input, IChunkProgress progress, Activity? span, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        RenderPlan plan = lease.Plan;
        VideoPipeline pipeline = Load(plan.Model, Precision.Parse(plan.Precision), span);
        if (loaded?.Id != plan.Job)
        {
            Drop();
            loaded = new LoadedJob(plan.Job);
        }

        // The chunk before was to leave conditioning and latents here, and did not end well: this one is to be begun anew.
        bool isConditioned = input.Image is not null
            || input.Sources.Conditioned is null
            || loaded.Conditioned == input.Sources.Conditioned;
        bool hasLatents = input.Latents is not null || input.Sources.Latents is null || loaded.Latents?.Blob == input.Sources.Latents;
        if (!isConditioned || !hasLatents)
            throw new OperationCanceledException($"job {plan.Job}: the device does not hold what chunk {lease.Chunk.Index} goes on from");
        if (input.Image is { } image)
        {
            using Activity? condition = GridActivities.Begin(GridActivities.ChunkCondition, span);
            loaded.Condition(
                input.Sources.Conditioned!.Value, pipeline.Encode(WindowSampling.Conditioning(pipeline, lease, image)), input.Statistics);
        }

        long start = Stopwatch.GetTimestamp();
        var work = new ChunkWork(pipeline, loaded, lease, input, progress, cancellationToken);
        Output output = lease.Chunk.Kind switch
        {
            ChunkKind.Denoise => work.Denoise(),
            ChunkKind.Predict => work.Predict(),
            _ => work.Decode(),
        };
        pipeline.RequireItsWeights();
        if (lease.Chunk.Kind == ChunkKind.Denoise) instruments?.RecordSteps(plan.Model, Stopwatch.GetElapsedTime(start), lease.Chunk.Count);
        return output;
    }

    // A GPU does not look at the number.
    private IDisposable? Hold(int threads) => device.type == TorchSharp.DeviceType.CPU ? ProcessThreads.Use(threads) : null;

    private VideoPipeline Load(string name, Precision precision, Activity? span)
    {
        if (model is { } kept && kept.Name == name && kept.Precision == precision && kept.Pipeline.HasItsWeights) return kept.Pipeline;
        Drop();
        model?.Pipeline.Dispose();
        model = null;
        using Activity? load = GridActivities.Begin(GridActivities.ModelLoad, span)?.SetTag(GridActivities.ModelTag, name);
        VideoPipeline pipeline = ModelFolder.Load(
            catalog.Folder(name), device, precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        model = (name, precision, pipeline);
        return pipeline;
    }

    private void Drop()
    {
        loaded?.Dispose();
        loaded = null;
    }

    private async Task<string?> PreviewAsync(RenderPlan plan, PreviewImage? preview, CancellationToken cancellationToken)
    {
        if (preview is null) return null;
        string blob = BlobNames.Preview(plan.Job);
        _ = await blobs.PutAsync(blob, PngWriter.Write(preview.Rgb, preview.Width, preview.Height), cancellationToken: cancellationToken);
        return blob;
    }

    /// <param name="Conditioned">The window whose picture the network is conditioned on.</param>
    /// <param name="Latents">The blob that the latents are those of.</param>
    private readonly record struct Held(RenderJobId Job, int? Conditioned, string? Latents);
}
