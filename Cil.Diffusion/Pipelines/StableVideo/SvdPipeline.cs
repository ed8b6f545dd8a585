using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Randomness;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.StableVideo;

/// <summary>
/// Stable Video Diffusion (diffusers, StableVideoDiffusionPipeline; with Analytic-Init: thu-ml/cond-image-leakage,
/// examples/SVD/svd/inference/pipline_CILsvd.py): a picture and no words, Euler steps over noise levels.
/// </summary>
internal sealed class SvdPipeline : VideoPipeline
{
    private readonly SvdManifest manifest;
    private readonly SvdNetworks networks;
    private readonly ScalarType precision;

    private SvdPipeline(SvdManifest manifest, SvdNetworks networks, Device device, ScalarType precision)
        : base(manifest, device)
    {
        (this.manifest, this.networks, this.precision) = (manifest, networks, precision);
    }

    internal static SvdPipeline Load(SvdManifest manifest, string folder, Device device, ScalarType precision) =>
        new(manifest, SvdNetworks.Load(manifest, folder, device, precision), device, precision);

    public override int StepCount(SamplingPlan plan)
    {
        plan.Require(Manifest);
        return plan.Steps;
    }

    private protected override void Release() => networks.Dispose();

    private protected override double ScaleFactor => manifest.Autoencoder.ScalingFactor;

    private protected override Conditioning Condition(ConditioningInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        double augmentation = input.NoiseAugmentation ?? manifest.Sampling.NoiseAugmentation;
        Tensor image = Pixels.ToTensor(input.Image, 1, input.Height, input.Width).to(Device); // (1, 3, H, W)
        Tensor noise = CounterNoise.Draw(input.Seed, input.Window, NoisePurpose.Condition, 0, image.shape).to(Device);
        (Tensor token, Tensor latent) = See(image);
        Tensor micro = tensor(
            new[]
            {
                manifest.Sampling.FpsLessOne ? input.Fps - 1f : input.Fps,
                (float)(input.MotionBucket ?? manifest.Sampling.MotionBucket), (float)augmentation,
            },
            [1, 3]).to(Device);
        return new SvdConditioning(token, latent, micro.DetachFromDisposeScope())
        {
            LowPassed = input.LowPassStrength is { } strength ? See(LowPassGuidance.Filter(image, strength)) : null,
        };

        (Tensor Token, Tensor Latent) See(Tensor picture) => (
            networks.Vision.Pooled(ImagePreprocessor.Prepare(picture, manifest.Vision.ImageSize).to(precision)).unsqueeze(1)
                .DetachFromDisposeScope(),
            Posterior(picture + (noise * augmentation)).Mean.unsqueeze(1).DetachFromDisposeScope());
    }

    private protected override Conditioning JoinConditions(IReadOnlyList<Conditioning> conditionings)
    {
        if (conditionings.Count > 1 && manifest.TimeContext != TimeContextOrder.Sample)
        {
            throw new ArgumentException(
                $"conditionings: expected 1, got {conditionings.Count}: the published code's order of tokens mixes those of several",
                nameof(conditionings));
        }

        return SvdConditioning.Join([.. conditionings.Cast<SvdConditioning>()]);
    }

    private protected override (Tensor Mean, Tensor LogVariance) Posterior(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = networks.Autoencoder.Encode(images.to(precision));
        return scope.MoveToOuter(mean.to(float32), logVariance.to(float32));
    }

    private protected override Tensor Start(SamplingPlan plan, Tensor noise, Tensor? expectation)
    {
        var sigmas = new KarrasSigmas(plan.Start, plan.Steps);
        if (expectation is null) return noise * sigmas.InitialDeviation;
        LatentStatistics statistics = plan.Statistics!;
        double variance = statistics.Variance;
        return plan.Mode == AnalyticInitMode.Paper
            ? expectation + StartingGaussian.At(sigmas, variance).Spread(noise, statistics)
            : StartingGaussian.Published(sigmas, expectation, variance, noise);
    }

    // To blend its outcome is to blend the clean latents that it stands for: they are an affine map of it, and where windows
    // share a frame its latents are the same.
    private protected override Tensor RunUNet(
        Tensor latents, Conditioning conditioning, SamplingPlan plan, int step, GuidancePass pass, DeepFeatures? deep)
    {
        using DisposeScope scope = NewDisposeScope();
        var told = (SvdConditioning)conditioning;
        var sigmas = new KarrasSigmas(plan.Start, plan.Steps);
        Tensor scaled = EulerStep.ScaledInput(latents, sigmas.Sigmas[step]).transpose(1, 2); // (B, T, C, h, w)
        (Tensor token, Tensor seen) = Seen(told, plan, step);
        Tensor picture = seen.expand(scaled.size(0), scaled.size(1), scaled.size(2), scaled.size(3), scaled.size(4));
        Tensor time = tensor(new[] { sigmas.Noise[step] }).to(Device);
        bool one = plan.GuidanceScale == 1 && manifest.Sampling.MinGuidanceScale == 1;
        Tensor With() => cat([scaled, picture], 2);
        // Without the picture: zeros for its token and its latents; frame rate and the rest stay.
        Tensor Without() => cat([scaled, picture.zeros_like()], 2);
        Tensor None() => token.zeros_like();
        Tensor output = one || pass == GuidancePass.Conditional ? RunUNet(With(), time, token, told.Micro, deep?.Of(0))
            : pass == GuidancePass.Unconditional ? RunUNet(Without(), time, None(), told.Micro, deep?.Of(0))
            // In the original's order, which counts where the published code mixes up the tokens of a batch.
            : plan.BatchGuidance
                ? Guided(
                    [.. RunUNet(cat([Without(), With()], 0), time, cat([None(), token], 0), told.Micro.repeat(2, 1), deep?.Of(0)).chunk(
                        2, 0).Reverse()],
                    plan)
            : Guided(
                [RunUNet(With(), time, token, told.Micro, deep?.Of(0)), RunUNet(Without(), time, None(), told.Micro, deep?.Of(1))],
                plan);
        return output.transpose(1, 2).contiguous().MoveToOuterDisposeScope(); // (B, C, T, h, w)
    }

    // It reads no words, so that the pass with the image is the one whose image is low-passed, and the other has none.
    private static (Tensor Token, Tensor ImageLatent) Seen(SvdConditioning told, SamplingPlan plan, int step)
    {
        if (plan.LowPass?.IsOn(step, plan.Steps) is not true) return (told.Token, told.ImageLatent);
        return told.LowPassed
            ?? throw new ArgumentException("low-pass guidance: the plan has it, and the image was encoded without it", nameof(told));
    }

    private protected override Tensor Combine(Tensor conditional, Tensor unconditional, SamplingPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        return Guided([conditional.transpose(1, 2), unconditional.transpose(1, 2)], plan).transpose(1, 2)
            .contiguous()
            .MoveToOuterDisposeScope();
    }

    private protected override StepResult SamplerStep(Tensor latents, Tensor prediction, SamplingPlan plan, int step)
    {
        var sigmas = new KarrasSigmas(plan.Start, plan.Steps);
        (Tensor next, Tensor clean) = EulerStep.Apply(latents, prediction, sigmas.Sigmas[step], sigmas.Sigmas[step + 1]);
        return new StepResult(next, clean);
    }

    private protected override Tensor DecodeFrames(Tensor latents) => networks.Autoencoder.Decode(latents.to(precision), latents.size(0));

    // With the picture and without, each (B, T, C, h, w).
    private Tensor Guided(Tensor[] looks, SamplingPlan plan) =>
        FrameGuidance.Apply(looks[0], looks[1], manifest.Sampling.MinGuidanceScale, plan.GuidanceScale);

    private Tensor RunUNet(Tensor input, Tensor time, Tensor token, Tensor micro, DeepFeature? deep)
    {
        using DisposeScope scope = NewDisposeScope();
        return networks.UNet.Forward(input.to(precision), time, token.to(precision), micro, manifest.TimeContext, deep)
            .to(float32)
            .MoveToOuterDisposeScope();
    }
}
