using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks;
using Cil.Diffusion.Randomness;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>DynamiCrafter and VideoCrafter1 (their scripts/evaluation/inference.py): words and a picture, DDIM over 1000 times.</summary>
internal sealed class LvdmPipeline : VideoPipeline
{
    private readonly LvdmManifest manifest;
    private readonly CheckpointWeights weights;
    private readonly ModelNetworks networks;
    private readonly Conditioner conditioner;
    private readonly GuidedNetwork guided;
    private readonly NoiseSchedule schedule;
    private readonly ScalarType precision;
    private (SamplingPlan Plan, DdimTables Tables)? prepared;

    private LvdmPipeline(
        LvdmManifest manifest, CheckpointWeights weights, ModelNetworks networks,
        BpeTokenizer tokenizer, Device device, ScalarType precision)
        : base(manifest, device)
    {
        (this.manifest, this.weights, this.networks, this.precision) = (manifest, weights, networks, precision);
        conditioner = new Conditioner(manifest, networks, tokenizer, device, precision);
        guided = new GuidedNetwork(networks.UNet, device, precision);
        schedule = manifest.Schedule.Build();
    }

    internal static LvdmPipeline Load(LvdmManifest manifest, string folder, Device device, ScalarType precision)
    {
        BpeTokenizer tokenizer = BpeTokenizer.FromFile(Path.Combine(folder, manifest.Files.Merges));
        if (tokenizer.VocabularySize != manifest.OpenClip.Text.VocabSize)
        {
            throw new ModelFolderException(
                $"{folder}: {manifest.Files.Merges}: gives {tokenizer.VocabularySize} tokens, open_clip.text_cfg.vocab_size is "
                    + $"{manifest.OpenClip.Text.VocabSize}");
        }

        string path = Path.Combine(folder, manifest.Files.Weights);
        using ITensorFile reader = MergedTensors.Of(LvdmCheckpoint.Open(path), folder, manifest.Loras);
        var weights = new CheckpointWeights(reader, device, precision);
        try
        {
            var networks = new ModelNetworks(manifest, weights);
            weights.Verify(ignored: LvdmLeftovers.Contains);
            return new LvdmPipeline(manifest, weights, networks, tokenizer, device, precision);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public override int StepCount(SamplingPlan plan) => Tables(plan).Count;

    private protected override void Release() => weights.Dispose();

    private protected override double ScaleFactor => manifest.ScaleFactor;

    private protected override Conditioning Condition(ConditioningInput input) => conditioner.Encode(input);

    private protected override Conditioning JoinConditions(IReadOnlyList<Conditioning> conditionings) =>
        LvdmConditioning.Join([.. conditionings.Cast<LvdmConditioning>()]);

    private protected override (Tensor Mean, Tensor LogVariance) Posterior(Tensor images) => conditioner.Posterior(images);

    private protected override Tensor Start(SamplingPlan plan, Tensor noise, Tensor? expectation)
    {
        if (expectation is null) return noise;
        LatentStatistics statistics = plan.Statistics!;
        StartingGaussian gaussian = StartingGaussian.At(schedule, plan.Start, statistics.Variance, plan.Mode);
        return (expectation * gaussian.MeanScale) + gaussian.Spread(noise, statistics);
    }

    private protected override Tensor RunUNet(
        Tensor latents, Conditioning conditioning, SamplingPlan plan, int step, GuidancePass pass, DeepFeatures? deep)
    {
        DdimTables tables = Tables(plan);
        return guided.Predict(
            latents, (LvdmConditioning)conditioning, plan, tables.Timesteps[tables.Count - 1 - step], pass,
            plan.LowPass?.IsOn(step, tables.Count) ?? false, deep);
    }

    private protected override Tensor Combine(Tensor conditional, Tensor unconditional, SamplingPlan plan) =>
        GuidedNetwork.Join(conditional, unconditional, plan);

    private protected override StepResult SamplerStep(Tensor latents, Tensor prediction, SamplingPlan plan, int step)
    {
        DdimTables tables = Tables(plan);
        Tensor noise = Noise(plan, NoisePurpose.Step, step, latents.shape);
        (Tensor next, Tensor clean) = DdimStep.Apply(
            latents, prediction, tables, tables.Count - 1 - step, schedule.Options.Parameterization, noise);
        return new StepResult(next, clean);
    }

    private protected override Tensor DecodeFrames(Tensor latents) => networks.Autoencoder.Decode(latents.to(precision));

    private DdimTables Tables(SamplingPlan plan)
    {
        if (prepared is { } known && ReferenceEquals(known.Plan, plan)) return known.Tables;
        plan.Require(Manifest);
        var tables = new DdimTables(
            schedule, manifest.Timesteps(plan.Spacing, plan.Steps, plan.Start, plan.Mode, plan.ImageGuidanceScale is not null), plan.Eta);
        prepared = (plan, tables);
        return tables;
    }
}
