using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.OpenClip;
using Cil.Diffusion.Randomness;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>
/// One loaded model on one device: conditions, denoises step by step, decodes (scripts/evaluation/inference.py of
/// DynamiCrafter and of VideoCrafter1). All calls come from one thread.
/// </summary>
public sealed class VideoPipeline : IDisposable
{
    private const int LatentAxes = 5, PreviewPixels = 256;

    private readonly CheckpointWeights weights;
    private readonly ModelNetworks networks;
    private readonly Conditioner conditioner;
    private readonly GuidedNetwork guided;
    private readonly NoiseSchedule schedule;
    private readonly Device device;
    private readonly ScalarType precision;
    private (SamplingPlan Plan, DdimTables Tables)? prepared;

    private VideoPipeline(
        ModelManifest manifest, CheckpointWeights weights, ModelNetworks networks, BpeTokenizer tokenizer, string hash, Device device, ScalarType precision)
    {
        (Manifest, this.weights, this.networks, WeightsHash, this.device, this.precision) = (manifest, weights, networks, hash, device, precision);
        conditioner = new Conditioner(manifest, networks, tokenizer, device, precision);
        guided = new GuidedNetwork(networks.UNet, device, precision);
        schedule = manifest.Schedule.Build();
    }

    public ModelManifest Manifest { get; }

    /// <summary>SHA-256 of the weights file, in hexadecimal.</summary>
    public string WeightsHash { get; }

    /// <param name="modelFolder">A folder with `model.json`.</param>
    /// <param name="precision">float32, or bfloat16 for convolutions and products (norms and the sampler stay float32).</param>
    /// <exception cref="ModelFolderException">The manifest has faults.</exception>
    /// <exception cref="CheckpointException">Weights or merges are missing, damaged or do not fit; all tensors at fault are listed.</exception>
    public static VideoPipeline Load(string modelFolder, Device device, ScalarType precision = ScalarType.Float32)
    {
        ModelManifest manifest = ModelManifest.Read(modelFolder);
        BpeTokenizer tokenizer = BpeTokenizer.FromFile(Path.Combine(modelFolder, manifest.Files.Merges));
        if (tokenizer.VocabularySize != manifest.OpenClip.Text.VocabSize)
        {
            throw new ModelFolderException(
                $"{modelFolder}: {manifest.Files.Merges}: gives {tokenizer.VocabularySize} tokens, open_clip.text_cfg.vocab_size is {manifest.OpenClip.Text.VocabSize}");
        }

        string path = Path.Combine(modelFolder, manifest.Files.Weights);
        using var noGradient = no_grad();
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        var weights = new CheckpointWeights(reader, device, precision);
        try
        {
            var networks = new ModelNetworks(manifest, weights);
            weights.Verify();
            return new VideoPipeline(manifest, weights, networks, tokenizer, FileHash.Sha256(path), device, precision);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Reads the picture and the words; done once a window, on every worker that takes part.</summary>
    /// <exception cref="ArgumentException">The image is not of the size it says, or the size is not one the model can do.</exception>
    public Conditioning Encode(ConditioningInput input)
    {
        RequireSize(input.Width, input.Height, nameof(input));
        if (input.Frames < 1 || input.Frames > Manifest.Frames)
            throw new ArgumentException($"frames: one window of {Manifest.Name} has 1 to {Manifest.Frames}, got {input.Frames}", nameof(input));
        using var noGradient = no_grad();
        return conditioner.Encode(input);
    }

    /// <summary>Latents of a data set's clip: scaled posterior samples, as Analytic-Init's statistics are taken over.</summary>
    /// <param name="frames">RGB24, count × height × width × 3 bytes.</param>
    /// <param name="clip">The clip's number in its data set; with the seed it decides the samples.</param>
    /// <returns>(C, T, h, w), float32.</returns>
    /// <exception cref="ArgumentException">The bytes do not fit the size, or the size is not one the model can do.</exception>
    public Tensor EncodeClip(byte[] frames, int count, int height, int width, ulong seed, int clip)
    {
        RequireSize(width, height, nameof(frames));
        using var noGradient = no_grad();
        return conditioner.EncodeClip(frames, count, height, width, seed, clip);
    }

    /// <summary>Where sampling starts: N(0, 1), or the Gaussian of the plan's statistics at time M.</summary>
    /// <returns>(1, C, T, h, w), float32.</returns>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    /// <exception cref="StatisticsException">The statistics are of another shape.</exception>
    public Tensor StartLatents(SamplingPlan plan)
    {
        plan.Require(Manifest);
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long[] shape = Manifest.LatentShape(plan.Frames, plan.Height, plan.Width);
        Tensor noise = CounterNoise.Draw(plan.Seed, plan.Window, NoisePurpose.Start, 0, [1, .. shape]).to(device);
        if (plan.Statistics is not { } statistics) return noise.MoveToOuterDisposeScope();
        statistics.Require(shape, "statistics");
        StartingGaussian gaussian = StartingGaussian.At(schedule, plan.Start, statistics.Variance, plan.Mode);
        Tensor expectation = tensor(statistics.Expectation, [1, .. shape]).to(device);
        return ((expectation * gaussian.MeanScale) + (noise * gaussian.Deviation)).MoveToOuterDisposeScope();
    }

    /// <summary>Steps that a plan takes; uniform spacing can take more than it was asked for.</summary>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    public int StepCount(SamplingPlan plan) => Tables(plan).Count;

    /// <summary>One denoising step. The same step of the same plan gives the same bytes, whoever runs it.</summary>
    /// <param name="latents">(1, C, T, h, w), float32.</param>
    /// <param name="step">0 is the noisiest.</param>
    /// <exception cref="SamplingPlanException">The plan asks for what the model cannot do.</exception>
    /// <exception cref="ArgumentException">The latents are of another shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The plan has no such step.</exception>
    public StepResult Step(Tensor latents, Conditioning conditioning, SamplingPlan plan, int step)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        DdimTables tables = Tables(plan);
        if (step < 0 || step >= tables.Count) throw new ArgumentOutOfRangeException(nameof(step), step, $"step: must be 0 to {tables.Count - 1}, got {step}");
        RequireLatents(latents, Manifest.LatentShape(plan.Frames, plan.Height, plan.Width));
        int index = tables.Count - 1 - step;
        Tensor output = guided.Predict(latents, conditioning, plan, tables.Timesteps[index]);
        Tensor noise = CounterNoise.Draw(plan.Seed, plan.Window, NoisePurpose.Step, step, latents.shape).to(device);
        (Tensor next, Tensor x0) = DdimStep.Apply(latents, output, tables, index, schedule.Options.Parameterization, noise);
        return new StepResult(next.MoveToOuterDisposeScope(), x0.MoveToOuterDisposeScope());
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

        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        RequireFinite(latents);
        Tensor frames = latents.narrow(2, firstFrame, frameCount).squeeze(0).transpose(0, 1).contiguous(); // (n, C, h, w)
        return Pixels.ToBytes(networks.Autoencoder.Decode((frames.to(device) / Manifest.ScaleFactor).to(precision)));
    }

    /// <summary>What the middle frame will look like. Latents are averaged down first, so that a large model's costs little.</summary>
    /// <param name="predictedX0">(1, C, T, h, w), of a step.</param>
    /// <exception cref="InvalidOperationException">The latents are not finite.</exception>
    public PreviewPicture Preview(Tensor predictedX0)
    {
        RequireLatents(predictedX0, []);
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        RequireFinite(predictedX0);
        Tensor middle = predictedX0.select(2, predictedX0.size(2) / 2); // (1, C, h, w)
        long longSide = Math.Max(middle.size(2), middle.size(3)) * Manifest.SpatialScale;
        long shrink = Math.Min(((longSide - 1) / PreviewPixels) + 1, Math.Min(middle.size(2), middle.size(3)));
        if (shrink > 1) middle = nn.functional.avg_pool2d(middle, [shrink, shrink]);
        byte[] rgb = Pixels.ToBytes(networks.Autoencoder.Decode((middle / Manifest.ScaleFactor).to(precision)));
        return new PreviewPicture(rgb, (int)middle.size(3) * Manifest.SpatialScale, (int)middle.size(2) * Manifest.SpatialScale);
    }

    public void Dispose() => weights.Dispose();

    private void RequireSize(int width, int height, string argument)
    {
        int multiple = Manifest.SizeMultiple;
        if (width < multiple || height < multiple || width % multiple != 0 || height % multiple != 0)
            throw new ArgumentException($"size: width and height must be multiples of {multiple}, got {width}x{height}", argument);
    }

    // Latents come from storage: another job's would broadcast or fail far from here.
    private void RequireLatents(Tensor latents, long[] window)
    {
        bool fits = latents.dim() == LatentAxes && latents.size(0) == 1 && (window.Length == 0
            ? latents.size(1) == Manifest.LatentChannels
            : latents.shape.AsSpan(1).SequenceEqual(window));
        if (fits) return;
        string expected = window.Length == 0 ? $"1, {Manifest.LatentChannels}, T, h, w" : $"1, {string.Join(", ", window)}";
        throw new ArgumentException($"latents: expected ({expected}), got ({string.Join(", ", latents.shape)})", nameof(latents));
    }

    private static void RequireFinite(Tensor latents)
    {
        if (!latents.isfinite().all().item<bool>())
            throw new InvalidOperationException("latents: hold numbers that are not finite; the weights or the precision do not fit the model");
    }

    private DdimTables Tables(SamplingPlan plan)
    {
        if (prepared is { } known && ReferenceEquals(known.Plan, plan)) return known.Tables;
        plan.Require(Manifest);
        // The published sampler for guidance apart lays its grid over all times, whatever M is (ddim_multiplecond.py).
        // So does VideoCrafter1's sampler always (ddim_videocrafter.py).
        bool ignoresStart = plan.Mode == AnalyticInitMode.RepoCompat && (plan.ImageGuidanceScale is not null || Manifest.Family == ModelFamily.VideoCrafter1);
        int start = ignoresStart ? schedule.Count : plan.Start;
        var tables = new DdimTables(schedule, DdimGrid.Timesteps(plan.Spacing, plan.Steps, start), plan.Eta);
        prepared = (plan, tables);
        return tables;
    }
}
