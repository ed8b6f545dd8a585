using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Chunks;
using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Rendering.Chunks;

/// <summary>One chunk's tensor work, in the scope of its caller, on the device's thread.</summary>
internal sealed class ChunkWork(
    VideoPipeline pipeline, LoadedJob job, ChunkLease.Render lease,
    ChunkInput input, IChunkProgress progress, CancellationToken cancellationToken)
{
    private const string LatentsName = "latents", PredictionName = "prediction";

    private readonly RenderPlan plan = lease.Plan;
    private readonly Chunk chunk = lease.Chunk;

    /// <summary>A few steps of one window.</summary>
    internal Output Denoise()
    {
        SamplingPlan sampling = WindowSampling.Plan(pipeline, lease, chunk.First == 0 ? job.Statistics : null);
        Tensor latents = input.Sources.Latents is null ? pipeline.StartLatents(sampling) : Latents(), clean = latents;
        using DeepFeatures? deep = plan.WholeStepInterval > 0 ? new DeepFeatures(plan.WholeStepInterval) : null;
        for (int done = 0; done < chunk.Count; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (done == chunk.Count - 1) progress.Ending();
            using DisposeScope step = NewDisposeScope();
            StepResult result = pipeline.Step(latents, job.Conditioning!, sampling, chunk.First + done, deep);
            (latents, clean) = step.MoveToOuter(result.Latents, result.PredictedX0);
            progress.Done(done + 1);
        }

        PreviewImage? preview = job.Preview(pipeline, clean);
        byte[] content = Checkpoint.ToBytes((LatentsName, latents));
        job.Keep(lease.OutputBlob, latents.DetachFromDisposeScope());
        return new Output(content, preview, pipeline.WeightsHash);
    }

    /// <summary>Joins the predictions of the step before, makes the sampler's move, and asks the network about what comes of it.</summary>
    internal Output Predict()
    {
        cancellationToken.ThrowIfCancellationRequested();
        SamplingPlan sampling = WindowSampling.Plan(pipeline, lease, chunk.First == 0 ? job.Statistics : null);
        PreviewImage? preview = null;
        Tensor latents;
        if (chunk.First == 0)
        {
            latents = pipeline.StartLatents(sampling);
        }
        else
        {
            StepResult before = Joined(sampling, chunk.First - 1);
            latents = before.Latents;
            if (IsShown) preview = job.Preview(pipeline, before.PredictedX0);
        }

        GuidancePass pass = chunk.Branch switch
        {
            GuidanceBranch.Conditional => GuidancePass.Conditional,
            GuidanceBranch.Unconditional => GuidancePass.Unconditional,
            _ => GuidancePass.All,
        };
        Tensor prediction = pipeline.Predict(latents, job.Conditioning!, sampling, chunk.First, pass);
        progress.Done(1);
        // Not sooner: what could be made ready behind it is what an idle device is there for.
        progress.Ending();
        // Both halves have the same latents: one of them keeps them.
        return new Output(
            pass == GuidancePass.Unconditional
                ? Checkpoint.ToBytes((PredictionName, prediction))
                : Checkpoint.ToBytes((LatentsName, latents), (PredictionName, prediction)),
            preview,
            pipeline.WeightsHash);
    }

    /// <summary>A few of the video's frames.</summary>
    internal Output Decode()
    {
        cancellationToken.ThrowIfCancellationRequested();
        progress.Ending();
        Tensor latents = input.Predictions.Count == 0
            ? Latents()
            : Joined(WindowSampling.Plan(pipeline, lease, null), plan.Steps - 1).Latents;
        return new Output(
            pipeline.Decode(latents, chunk.First - WindowPlanner.Of(plan, chunk.Window).First, chunk.Count), null, pipeline.WeightsHash);
    }

    // Of windows that overlap the middle one is shown, by whoever has its latents.
    private bool IsShown =>
        chunk.Branch != GuidanceBranch.Unconditional && (plan.Joining == WindowMode.Continue || chunk.Window == plan.Windows.Count / 2);

    private Tensor Latents()
    {
        if (input.Latents is not { } stored) return job.Latents!.Value.Tensor;
        Tensor latents = Read(input.Sources.Latents!, stored, LatentsName).Single();
        job.Keep(input.Sources.Latents!, latents.DetachFromDisposeScope());
        return latents;
    }

    // A step's move, from the predictions of this window and of those that share frames with it.
    private StepResult Joined(SamplingPlan sampling, int step)
    {
        Tensor? latents = null;
        var halves = new Dictionary<(int Window, GuidanceBranch Branch), Tensor>();
        foreach ((Chunk source, string blob) in input.Sources.Predictions)
        {
            bool own = source.Window == chunk.Window && source.Branch != GuidanceBranch.Unconditional;
            List<Tensor> read = Read(blob, input.Predictions[source], own ? [PredictionName, LatentsName] : [PredictionName]);
            halves[(source.Window, source.Branch)] = read[0];
            if (own) latents = read[1];
        }

        Tensor[] predictions = [.. halves.Keys.Select(key => key.Window).Distinct().Order().Select(window =>
            halves.TryGetValue((window, GuidanceBranch.All), out Tensor? whole)
                ? whole
                : pipeline.Guide(halves[(window, GuidanceBranch.Conditional)], halves[(window, GuidanceBranch.Unconditional)], sampling))];
        Tensor joined = predictions.Length == 1 ? predictions[0] : WindowSampling.Blend(lease).Blend(predictions);
        return pipeline.Advance(latents!, joined, sampling, step);
    }

    private List<Tensor> Read(string blob, byte[] content, params string[] names)
    {
        using SafetensorsReader reader = SafetensorsReader.FromBytes(blob, content);
        return [.. names.Select(name => reader.Read(name).to(pipeline.Device))];
    }
}
