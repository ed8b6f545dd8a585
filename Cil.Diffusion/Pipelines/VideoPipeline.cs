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
/// DynamiCrafter). All calls come from one thread.
/// </summary>
public sealed class VideoPipeline : IDisposable
{
    private readonly CheckpointWeights weights;
    private readonly ModelNetworks networks;
    private readonly BpeTokenizer tokenizer;
    private readonly NoiseSchedule schedule;
    private readonly Device device;
    private readonly ScalarType precision;
    private (SamplingPlan Plan, DdimTables Tables)? prepared;

    private VideoPipeline(
        ModelManifest manifest, CheckpointWeights weights, ModelNetworks networks, BpeTokenizer tokenizer, string hash, Device device, ScalarType precision)
    {
        (Manifest, this.weights, this.networks, this.tokenizer, WeightsHash, this.device, this.precision) =
            (manifest, weights, networks, tokenizer, hash, device, precision);
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
        if (input.Height % Manifest.SizeMultiple != 0 || input.Width % Manifest.SizeMultiple != 0)
        {
            throw new ArgumentException(
                $"size: width and height must be multiples of {Manifest.SizeMultiple}, got {input.Width}x{input.Height}", nameof(input));
        }

        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor image = Pixels.ToTensor(input.Image, 1, input.Height, input.Width).to(device); // (1, 3, H, W)
        (Tensor mean, Tensor logVariance) = networks.Autoencoder.Encode(image.to(precision));
        Tensor noise = CounterNoise.Draw(input.Seed, input.Window, NoisePurpose.Condition, 0, mean.shape).to(device);
        Tensor latent = (mean.to(float32) + ((logVariance.to(float32) * 0.5).exp() * noise)) * Manifest.ScaleFactor; // (1, C, h, w)
        Tensor repeated = latent.unsqueeze(2).repeat(1, 1, input.Frames, 1, 1); // (1, C, T, h, w)

        Tensor context = cat([Text(input.Prompt), ImageTokens(image)], 1); // (1, 77 + 16 T, width)
        // The unconditional picture is mid-grey before the tower, not absent after it.
        Tensor unconditional = cat([Text(input.NegativePrompt), ImageTokens(image.zeros_like())], 1);
        Tensor fps = tensor(new long[] { input.Fps }).to(device);
        return new Conditioning(
            context.MoveToOuterDisposeScope().DetachFromDisposeScope(),
            unconditional.MoveToOuterDisposeScope().DetachFromDisposeScope(),
            repeated.MoveToOuterDisposeScope().DetachFromDisposeScope(),
            fps.MoveToOuterDisposeScope().DetachFromDisposeScope());
    }

    /// <summary>Where sampling starts: N(0, 1), or the Gaussian of the plan's statistics at time M.</summary>
    /// <returns>(1, C, T, h, w), float32.</returns>
    /// <exception cref="StatisticsException">The statistics are of another shape.</exception>
    public Tensor StartLatents(SamplingPlan plan)
    {
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
    public int StepCount(SamplingPlan plan) => Tables(plan).Count;

    /// <summary>One denoising step. The same step of the same plan gives the same bytes, whoever runs it.</summary>
    /// <param name="latents">(1, C, T, h, w), float32.</param>
    /// <param name="step">0 is the noisiest.</param>
    public StepResult Step(Tensor latents, Conditioning conditioning, SamplingPlan plan, int step)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        DdimTables tables = Tables(plan);
        int index = tables.Count - 1 - step;
        Tensor output = Guided(latents, conditioning, plan, tables.Timesteps[index]);
        Tensor noise = CounterNoise.Draw(plan.Seed, plan.Window, NoisePurpose.Step, step, latents.shape).to(device);
        (Tensor next, Tensor x0) = DdimStep.Apply(latents, output, tables, index, schedule.Options.Parameterization, noise);
        return new StepResult(next.MoveToOuterDisposeScope(), x0.MoveToOuterDisposeScope());
    }

    /// <summary>Frames from clean latents.</summary>
    /// <param name="latents">(1, C, T, h, w).</param>
    /// <returns>RGB24, frameCount × H × W × 3 bytes.</returns>
    /// <exception cref="InvalidOperationException">The latents are not finite.</exception>
    public byte[] Decode(Tensor latents, int firstFrame, int frameCount)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (!latents.isfinite().all().item<bool>())
            throw new InvalidOperationException("latents: hold numbers that are not finite; the weights or the precision do not fit the model");
        Tensor frames = latents.narrow(2, firstFrame, frameCount).squeeze(0).transpose(0, 1).contiguous(); // (n, C, h, w)
        return Pixels.ToBytes(networks.Autoencoder.Decode((frames.to(device) / Manifest.ScaleFactor).to(precision)));
    }

    public void Dispose() => weights.Dispose();

    private Tensor Guided(Tensor latents, Conditioning conditioning, SamplingPlan plan, int time)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = cat([latents, conditioning.ImageLatent], 1).to(precision); // (1, 2 C, T, h, w)
        Tensor times = tensor(new long[] { time }).to(device);
        if (plan.GuidanceScale == 1) return Network(input, times, conditioning.Context, conditioning.Fps).MoveToOuterDisposeScope();

        Tensor conditional, unconditional;
        if (plan.BatchGuidance)
        {
            Tensor both = Network(
                input.repeat(2, 1, 1, 1, 1), times.repeat(2), cat([conditioning.Context, conditioning.Unconditional], 0), conditioning.Fps.repeat(2));
            (conditional, unconditional) = (both.narrow(0, 0, 1), both.narrow(0, 1, 1));
        }
        else
        {
            conditional = Network(input, times, conditioning.Context, conditioning.Fps);
            unconditional = Network(input, times, conditioning.Unconditional, conditioning.Fps);
        }

        Tensor guided = Guidance.Classifier(conditional, unconditional, plan.GuidanceScale);
        return Guidance.Rescale(guided, conditional, plan.GuidanceRescale).MoveToOuterDisposeScope();
    }

    private Tensor Network(Tensor input, Tensor times, Tensor context, Tensor fps) =>
        networks.UNet.Forward(input, times, context, fps).to(float32);

    private Tensor Text(string prompt)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = tensor(tokenizer.Tokenize(prompt)).unsqueeze(0).to(device);
        return networks.Text.Forward(tokens).MoveToOuterDisposeScope(); // (1, 77, width)
    }

    private Tensor ImageTokens(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = ImagePreprocessor.Prepare(image, Manifest.OpenClip.Vision.ImageSize).to(precision);
        return networks.Resampler.Forward(networks.Vision.Tokens(pixels)).MoveToOuterDisposeScope(); // (1, 16 T, width)
    }

    private DdimTables Tables(SamplingPlan plan)
    {
        if (prepared is { } known && ReferenceEquals(known.Plan, plan)) return known.Tables;
        var tables = new DdimTables(schedule, DdimGrid.Timesteps(plan.Spacing, plan.Steps, plan.Start), plan.Eta);
        prepared = (plan, tables);
        return tables;
    }
}
