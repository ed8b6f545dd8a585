using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Datasets;
using Cil.Diffusion.Media;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Blobs;
using Cil.Grains.Devices;
using Cil.Grains.Jobs;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Work;
using Cil.Silo.Models;
using Cil.Silo.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Silo.Devices;

/// <summary>The renderer port on one libtorch device: keeps one model, one job's conditioning and its latents.</summary>
public sealed class DiffusionChunkRenderer(string name, Device device, ModelCatalog catalog, DatasetCatalog datasets, IBlobStore blobs) : IChunkRenderer, IDisposable
{
    private const string LatentsName = "latents";

    private readonly DeviceThread thread = new($"device {name}");
    private (string Name, string Precision, VideoPipeline Pipeline)? model;
    private LoadedJob? loaded;

    // What the device will hold once all calls so far are done: a job, and the blob that its latents are those of.
    private (RenderJobId Job, string? Latents) ahead;

    public IReadOnlyList<string> Models => catalog.Names;

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
        catch (Exception error)
        {
            ahead = default;
            return new ChunkResult.Failed(Explain(error, lease));
        }
    }

    /// <summary>Binds a model's weights before any chunk asks for them.</summary>
    internal Task BindAsync(string model, string precision, int threads) => thread.RunAsync(() => Load(model, precision, threads).Manifest);

    public void Dispose()
    {
        thread.RunAsync(() =>
        {
            Drop();
            model?.Pipeline.Dispose();
            return true;
        }).GetAwaiter().GetResult();
        thread.Dispose();
    }

    private async Task<ChunkResult> RenderAsync(ChunkLease.Render lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        RenderPlan plan = lease.Plan;
        string? source = lease.SourceBlobs.SingleOrDefault();
        bool hasJob = ahead.Job == plan.Job, hasLatents = source is null || (hasJob && ahead.Latents == source);
        ahead = (plan.Job, lease.Chunk.Kind == ChunkKind.Denoise ? lease.OutputBlob : source);
        // Storage and ffmpeg first: the device's thread waits for nobody.
        byte[]? image = hasJob ? null : await DecodeImageAsync(plan, cancellationToken);
        LatentStatistics? statistics = image is null ? null : await StatisticsAsync(plan, cancellationToken);
        byte[]? latents = hasLatents ? null : (await RequireAsync(source!, cancellationToken)).ToArray();
        Output output = await thread.RunAsync(() => Render(lease, image, statistics, latents, progress, cancellationToken));
        // What is rendered is kept, also by a worker that is leaving.
        _ = await blobs.PutAsync(lease.OutputBlob, output.Content, cancellationToken: CancellationToken.None);
        string? preview = await PreviewAsync(plan, output.Preview, CancellationToken.None);
        return new ChunkResult.Rendered(lease.OutputBlob, preview, output.WeightsHash, device.ToString());
    }

    private async Task<ChunkResult> MeasureAsync(ChunkLease.Measure lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        StatisticsPlan plan = lease.Plan;
        var measurer = new ShardMeasurer(thread, datasets.Folder(plan.Dataset), plan, () => Load(plan.Model, plan.Precision, plan.Threads));
        (byte[] moments, string hash) = await measurer.MeasureAsync(lease.Chunk, progress, cancellationToken);
        _ = await blobs.PutAsync(lease.OutputBlob, moments, cancellationToken: CancellationToken.None);
        return new ChunkResult.Rendered(lease.OutputBlob, null, hash, device.ToString());
    }

    private static JobError Explain(Exception error, ChunkLease lease) => error switch
    {
        ClipListException => new JobError(JobError.InvalidClip, error.Message, Retryable: false),
        MediaException when lease is ChunkLease.Measure => new JobError(JobError.InvalidClip, error.Message, Retryable: false),
        MediaException => new JobError(JobError.InvalidImage, error.Message, Retryable: false),
        ModelFolderException or CheckpointException => new JobError(JobError.InvalidModel, error.Message, Retryable: false),
        StatisticsException => new JobError(JobError.InvalidStatistics, error.Message, Retryable: false),
        ArgumentException or SamplingPlanException => new JobError(JobError.InvalidRequest, error.Message, Retryable: false),
        _ when error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) => new JobError(JobError.OutOfMemory, error.Message, Retryable: true),
        IOException => new JobError(JobError.StorageFailed, error.Message, Retryable: true),
        _ => new JobError(JobError.RenderFailed, error.Message, Retryable: true),
    };

    // On the device's thread from here on.
    private Output Render(
        ChunkLease.Render lease, byte[]? image, LatentStatistics? statistics, byte[]? stored, IChunkProgress progress, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        VideoPipeline pipeline = Load(lease.Plan.Model, lease.Plan.Precision, lease.Plan.Threads);
        // The chunk before was to leave job and latents here, and did not end well: this one is to be begun anew.
        string? source = lease.SourceBlobs.SingleOrDefault();
        bool isAsExpected = (image is not null || loaded?.Id == lease.Plan.Job) && (stored is not null || source is null || loaded?.Latents?.Blob == source);
        if (!isAsExpected) throw new OperationCanceledException($"job {lease.Plan.Job}: the device does not hold what chunk {lease.Chunk.Index} goes on from");
        if (loaded?.Id != lease.Plan.Job) Take(pipeline, lease.Plan, image!, statistics);
        LoadedJob current = loaded!;
        Tensor latents = Latents(pipeline, current, lease, stored);
        if (lease.Chunk.Kind == ChunkKind.Denoise) return Denoise(pipeline, current, lease, latents, progress, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        progress.Ending();
        return new Output(pipeline.Decode(latents, lease.Chunk.First, lease.Chunk.Count), null, pipeline.WeightsHash);
    }

    private static Output Denoise(
        VideoPipeline pipeline, LoadedJob current, ChunkLease.Render lease, Tensor latents, IChunkProgress progress, CancellationToken cancellationToken)
    {
        Tensor clean = latents;
        for (int done = 0; done < lease.Chunk.Count; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (done == lease.Chunk.Count - 1) progress.Ending();
            using DisposeScope step = NewDisposeScope();
            StepResult result = pipeline.Step(latents, current.Conditioning, current.Plan, lease.Chunk.First + done);
            (latents, clean) = step.MoveToOuter(result.Latents, result.PredictedX0);
            progress.Done(done + 1);
        }

        PreviewPicture? preview = current.Preview(pipeline, clean);
        byte[] content = SafetensorsWriter.ToBytes([(LatentsName, latents)]);
        current.Keep(lease.OutputBlob, latents.DetachFromDisposeScope());
        return new Output(content, preview, pipeline.WeightsHash);
    }

    private Tensor Latents(VideoPipeline pipeline, LoadedJob current, ChunkLease.Render lease, byte[]? stored)
    {
        if (lease.SourceBlobs.SingleOrDefault() is not { } blob) return pipeline.StartLatents(current.Plan);
        if (stored is null) return current.Latents!.Value.Tensor;
        using SafetensorsReader reader = SafetensorsReader.FromBytes(blob, stored);
        Tensor latents = reader.Read(LatentsName).to(device);
        current.Keep(blob, latents.DetachFromDisposeScope());
        return latents;
    }

    private VideoPipeline Load(string name, string type, int threads)
    {
        if (device.type == TorchSharp.DeviceType.CPU) set_num_threads(threads);
        if (model is { } kept && kept.Name == name && kept.Precision == type) return kept.Pipeline;
        Drop();
        model?.Pipeline.Dispose();
        model = null;
        VideoPipeline pipeline = VideoPipeline.Load(
            catalog.Folder(name), device, type == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32);
        model = (name, type, pipeline);
        return pipeline;
    }

    private void Take(VideoPipeline pipeline, RenderPlan plan, byte[] image, LatentStatistics? statistics)
    {
        Drop();
        Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = image,
            Height = plan.Height,
            Width = plan.Width,
            Prompt = plan.Prompt,
            NegativePrompt = plan.NegativePrompt,
            Fps = pipeline.Manifest.Defaults.Fps,
            Frames = plan.Frames,
            Seed = plan.Seed,
        });
        SamplingPlan sampling = SamplingPlan.Default(pipeline.Manifest, plan.Seed) with
        {
            Steps = plan.SamplerSteps ?? plan.Steps,
            GuidanceScale = plan.Guidance,
            Start = plan.Start,
            Frames = plan.Frames,
            Height = plan.Height,
            Width = plan.Width,
            BatchGuidance = plan.BatchGuidance,
            Statistics = statistics,
        };
        if (pipeline.StepCount(sampling) is var count && count != plan.Steps) throw new ArgumentException($"steps: the plan has {plan.Steps}, the sampler takes {count}", nameof(plan));
        loaded = new LoadedJob(plan.Job, conditioning, sampling);
    }

    private void Drop()
    {
        loaded?.Dispose();
        loaded = null;
    }

    private async Task<byte[]> DecodeImageAsync(RenderPlan plan, CancellationToken cancellationToken) =>
        await ImageDecoder.DecodeAsync(
            await RequireAsync(plan.ImageBlob, cancellationToken), plan.Width, plan.Height, ModelManifest.Read(catalog.Folder(plan.Model)).ImageFit, cancellationToken);

    private async Task<LatentStatistics?> StatisticsAsync(RenderPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Statistics is not { } source) return null;
        string folder = catalog.Folder(plan.Model);
        ModelManifest manifest = ModelManifest.Read(folder);
        if (source == RenderPlanner.ModelStatistics) return await thread.RunAsync(() => LatentStatistics.Read(Path.Combine(folder, manifest.StatisticsFile!), manifest.LatentChannels));
        byte[] content = (await RequireAsync(source, cancellationToken)).ToArray();
        return await thread.RunAsync(() => LatentStatistics.FromBytes("statistics", content, manifest.LatentChannels));
    }

    private async Task<string?> PreviewAsync(RenderPlan plan, PreviewPicture? preview, CancellationToken cancellationToken)
    {
        if (preview is null) return null;
        string blob = BlobNames.Preview(plan.Job);
        _ = await blobs.PutAsync(blob, PngWriter.Write(preview.Rgb, preview.Width, preview.Height), cancellationToken: cancellationToken);
        return blob;
    }

    private async Task<ReadOnlyMemory<byte>> RequireAsync(string blob, CancellationToken cancellationToken) =>
        (await blobs.GetAsync(blob, cancellationToken: cancellationToken) ?? throw new IOException($"{blob}: not in storage")).Content;

    private sealed record Output(byte[] Content, PreviewPicture? Preview, string WeightsHash);
}
