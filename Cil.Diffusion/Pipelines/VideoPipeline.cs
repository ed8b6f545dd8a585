using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Networks;
using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>
/// One loaded model on one device: conditions, denoises step by step, decodes. All calls come from one thread. Latents are
/// (1, C, T, h, w), float32, for every system.
/// </summary>
public abstract partial class VideoPipeline(ModelManifest manifest, Device device) : IDisposable
{
    private const int PreviewPixels = 256;

    private WeightFiles files = null!;

    public ModelManifest Manifest { get; } = manifest;

    /// <summary>SHA-256 of the weights, in hexadecimal; for a while after loading it waits until it is known.</summary>
    /// <exception cref="IOException">The files cannot be read any more.</exception>
    public string WeightsHash => files.Hash;

    /// <summary>Whether the files of the weights are as they were loaded. On a processor the weights are the files' own pages.</summary>
    public bool HasItsWeights => files.AreUnchanged;

    public Device Device { get; } = device;

    /// <summary>Takes the files that the weights were bound from; they are hashed in the background.</summary>
    internal void Keep(WeightFiles opened)
    {
        files = opened;
        files.BeginHash();
    }

    /// <summary>To be called when something is made, before it is given to anybody: what was made of two files is no model's.</summary>
    /// <exception cref="IOException">Somebody has written to a file of the weights since they were loaded.</exception>
    public void RequireItsWeights()
    {
        if (!HasItsWeights)
        {
            throw new IOException(
                $"{Manifest.Name}: its weights were written to while they were in use; move a new "
                    + "file into the place of the old one instead");
        }
    }

    /// <summary>Encodes the image and the prompt; done once a window, on every worker that takes part.</summary>
    /// <exception cref="ArgumentException">The image is not of the size it says, or the size is not one the model can do.</exception>
    public Conditioning Encode(ConditioningInput input)
    {
        PipelineInputs.RequireSize(Manifest, input.Width, input.Height, nameof(input));
        if (input.Frames < 1 || input.Frames > Manifest.Frames)
        {
            throw new ArgumentException(
                $"frames: one window of {Manifest.Name} has 1 to {Manifest.Frames}, got {input.Frames}", nameof(input));
        }

        using IDisposable noGradient = no_grad();
        return Condition(input);
    }

    /// <summary>Latents of a data set's clip: scaled posterior samples, as Analytic-Init's statistics are taken over.</summary>
    /// <param name="frames">RGB24, count × height × width × 3 bytes.</param>
    /// <param name="clip">The clip's number in its data set; with the seed it decides the samples.</param>
    /// <returns>(C, T, h, w), float32.</returns>
    /// <exception cref="ArgumentException">The bytes do not fit the size, or the size is not one the model can do.</exception>
    public Tensor EncodeClip(byte[] frames, int count, int height, int width, ulong seed, int clip)
    {
        PipelineInputs.RequireSize(Manifest, width, height, nameof(frames));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (ClipLatents.Encode(Posterior, frames, count, height, width, seed, clip, Device) * ScaleFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Where sampling starts: plain noise, or the Gaussian of the plan's statistics at M.</summary>
    /// <returns>(1, C, T, h, w), float32.</returns>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    /// <exception cref="StatisticsException">The statistics are of another shape.</exception>
    public Tensor StartLatents(SamplingPlan plan)
    {
        plan.Require(Manifest);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long[] shape = Manifest.LatentShape(plan.Frames, plan.Height, plan.Width);
        Tensor noise = Noise(plan, NoisePurpose.Start, 0, [1, .. shape]);
        plan.Statistics?.Require(shape, "statistics");
        Tensor? expectation = plan.Statistics is { } statistics ? tensor(statistics.Expectation, [1, .. shape]).to(Device) : null;
        return Start(plan, noise, expectation).MoveToOuterDisposeScope();
    }

    /// <summary>Steps that a plan takes; uniform spacing can take more than it was asked for.</summary>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    public abstract int StepCount(SamplingPlan plan);

    /// <summary>
    /// One denoising step: what the network predicts, and the sampler's step. The same step of the same plan gives the same
    /// bytes, whoever runs it; with <paramref name="deep"/> the same steps one after the other do.
    /// </summary>
    /// <param name="deep">What the steps of one render share; null goes through the whole network at each.</param>
    /// <inheritdoc cref="Advance"/>
    public StepResult Step(Tensor latents, Conditioning conditioning, SamplingPlan plan, int step, DeepFeatures? deep = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        RequireStep(latents, plan, step);
        deep?.BeginStep();
        StepResult result = SamplerStep(latents, RunUNet(latents, conditioning, plan, step, GuidancePass.All, deep), plan, step);
        return new StepResult(result.Latents.MoveToOuterDisposeScope(), result.PredictedX0.MoveToOuterDisposeScope());
    }

    /// <summary>What the network predicts: all passes of guidance combined, or one of the two.</summary>
    /// <param name="latents">(1, C, T, h, w), float32.</param>
    /// <param name="step">0 is the noisiest.</param>
    /// <param name="pass">Which passes to make.</param>
    /// <returns>(1, C, T, h, w), float32.</returns>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    /// <exception cref="ArgumentException">
    /// The latents are of another shape, or the plan has not two passes that could be made apart.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The plan has no such step.</exception>
    public Tensor Predict(Tensor latents, Conditioning conditioning, SamplingPlan plan, int step, GuidancePass pass = GuidancePass.All)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        RequireStep(latents, plan, step);
        if (pass != GuidancePass.All) PipelineInputs.RequireTwoPasses(plan, nameof(pass));
        return RunUNet(latents, conditioning, plan, step, pass).MoveToOuterDisposeScope();
    }

    /// <summary>Joins the two passes of guidance, as <see cref="Predict"/> does where it makes them one after the other.</summary>
    /// <param name="conditional">(1, C, T, h, w), float32.</param>
    /// <param name="unconditional">Of the same shape.</param>
    /// <exception cref="ArgumentException">The plan has not two passes.</exception>
    public Tensor Guide(Tensor conditional, Tensor unconditional, SamplingPlan plan)
    {
        PipelineInputs.RequireTwoPasses(plan, nameof(plan));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Combine(conditional, unconditional, plan).MoveToOuterDisposeScope();
    }

    /// <summary>The sampler's step from one step's latents to the next one's.</summary>
    /// <param name="latents">(1, C, T, h, w), float32.</param>
    /// <param name="prediction">What <see cref="Predict"/> gave for them, of the same shape.</param>
    /// <param name="step">0 is the noisiest.</param>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    /// <exception cref="ArgumentException">The latents are of another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The plan has no such step.</exception>
    public StepResult Advance(Tensor latents, Tensor prediction, SamplingPlan plan, int step)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        RequireStep(latents, plan, step);
        RequireLatents(prediction, Manifest.LatentShape(plan.Frames, plan.Height, plan.Width));
        StepResult result = SamplerStep(latents, prediction, plan, step);
        return new StepResult(result.Latents.MoveToOuterDisposeScope(), result.PredictedX0.MoveToOuterDisposeScope());
    }

    /// <summary>Frames from clean latents.</summary>
    /// <param name="latents">(1, C, T, h, w).</param>
    /// <returns>RGB24, frameCount × H × W × 3 bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such frames.</exception>
    /// <exception cref="InvalidOperationException">The latents are not finite.</exception>
    public byte[] Decode(Tensor latents, int firstFrame, int frameCount)
    {
        RequireLatents(latents, []);
        if (firstFrame < 0 || frameCount < 1 || firstFrame + frameCount > latents.size(2))
        {
            throw new ArgumentOutOfRangeException(
                nameof(firstFrame), firstFrame, $"frames: the latents have 0 to {latents.size(2) - 1}, got {frameCount} from {firstFrame}");
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        PipelineInputs.RequireFinite(latents);
        Tensor frames = latents.narrow(2, firstFrame, frameCount).squeeze(0).transpose(0, 1).contiguous(); // (n, C, h, w)
        return Pixels.ToBytes(DecodeFrames(frames.to(Device) / ScaleFactor));
    }

    /// <summary>What the middle frame will look like. Latents are averaged down first, so that a large model's costs little.</summary>
    /// <param name="predictedX0">(1, C, T, h, w), of a step.</param>
    /// <exception cref="InvalidOperationException">The latents are not finite.</exception>
    public PreviewImage Preview(Tensor predictedX0)
    {
        RequireLatents(predictedX0, []);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        PipelineInputs.RequireFinite(predictedX0);
        Tensor middle = predictedX0.select(2, predictedX0.size(2) / 2); // (1, C, h, w)
        long longSide = Math.Max(middle.size(2), middle.size(3)) * Manifest.SpatialScale;
        long shrink = Math.Min(((longSide - 1) / PreviewPixels) + 1, Math.Min(middle.size(2), middle.size(3)));
        if (shrink > 1) middle = nn.functional.avg_pool2d(middle, [shrink, shrink]);
        byte[] rgb = Pixels.ToBytes(DecodeFrames(middle / ScaleFactor));
        return new PreviewImage(rgb, (int)middle.size(3) * Manifest.SpatialScale, (int)middle.size(2) * Manifest.SpatialScale);
    }

    public void Dispose()
    {
        files.Dispose();
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes of the networks.</summary>
    private protected abstract void Release();

    /// <summary>Latents are multiplied by it after encoding and divided before decoding.</summary>
    private protected abstract double ScaleFactor { get; }

    private protected abstract Conditioning Condition(ConditioningInput input);

    /// <summary>Mean and log variance of pictures (n, 3, H, W) in [-1, 1], each (n, C, h, w), float32, unscaled.</summary>
    private protected abstract (Tensor Mean, Tensor LogVariance) Posterior(Tensor images);

    /// <param name="noise">N(0, 1) of the latents' shape.</param>
    /// <param name="expectation">E[X0] of the plan's statistics, of that shape; null without.</param>
    private protected abstract Tensor Start(SamplingPlan plan, Tensor noise, Tensor? expectation);

    private protected abstract Tensor RunUNet(
        Tensor latents, Conditioning conditioning, SamplingPlan plan, int step, GuidancePass pass, DeepFeatures? deep = null);

    private protected abstract Tensor Combine(Tensor conditional, Tensor unconditional, SamplingPlan plan);

    private protected abstract StepResult SamplerStep(Tensor latents, Tensor prediction, SamplingPlan plan, int step);

    /// <summary>Consecutive frames, unscaled latents (n, C, h, w), to pictures (n, 3, H, W) in about [-1, 1].</summary>
    private protected abstract Tensor DecodeFrames(Tensor latents);

    /// <summary>N(0, 1) of a window: its own, or its frames of the whole video's.</summary>
    private protected Tensor Noise(SamplingPlan plan, NoisePurpose purpose, int step, long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor noise = plan.Place is { } place
            ? CounterNoise.DrawFrames(plan.Seed, plan.Window, purpose, step, shape, place.First, place.Frames)
            : CounterNoise.Draw(plan.Seed, plan.Window, purpose, step, shape);
        return noise.to(Device).MoveToOuterDisposeScope();
    }

    private void RequireStep(Tensor latents, SamplingPlan plan, int step)
    {
        int count = StepCount(plan);
        if (step < 0 || step >= count)
            throw new ArgumentOutOfRangeException(nameof(step), step, $"step: must be 0 to {count - 1}, got {step}");
        RequireLatents(latents, Manifest.LatentShape(plan.Frames, plan.Height, plan.Width));
    }

    private void RequireLatents(Tensor latents, long[] window) => PipelineInputs.RequireLatents(Manifest, latents, window);
}
