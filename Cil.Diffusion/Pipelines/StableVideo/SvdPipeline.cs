using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Clip;
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
        double augmentation = manifest.Sampling.NoiseAugmentation;
        Tensor image = Pixels.ToTensor(input.Image, 1, input.Height, input.Width).to(Device); // (1, 3, H, W)
        Tensor token = networks.Vision.Pooled(ImagePreprocessor.Prepare(image, manifest.Vision.ImageSize).to(precision)).unsqueeze(1);
        Tensor noise = CounterNoise.Draw(input.Seed, input.Window, NoisePurpose.Condition, 0, image.shape).to(Device);
        Tensor latent = Posterior(image + (noise * augmentation)).Mean.unsqueeze(1);
        Tensor micro = tensor(new[] { manifest.Sampling.FpsLessOne ? input.Fps - 1f : input.Fps, (float)manifest.Sampling.MotionBucket, (float)augmentation }, [1, 3]).to(Device);
        return new SvdConditioning(token.DetachFromDisposeScope(), latent.DetachFromDisposeScope(), micro.DetachFromDisposeScope());
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
        double variance = plan.Statistics!.Variance;
        return plan.Mode == AnalyticInitMode.Paper
            ? expectation + (noise * StartingGaussian.At(sigmas, variance).Deviation)
            : StartingGaussian.Published(sigmas, expectation, variance, noise);
    }

    // To blend its outcome is to blend the clean latents that it stands for: they are an affine map of it, and where windows
    // share a frame its latents are the same.
    private protected override Tensor RunUNet(Tensor latents, Conditioning conditioning, SamplingPlan plan, int step, GuidancePass pass)
    {
        using DisposeScope scope = NewDisposeScope();
        var told = (SvdConditioning)conditioning;
        var sigmas = new KarrasSigmas(plan.Start, plan.Steps);
        Tensor scaled = EulerStep.ScaledInput(latents, sigmas.Sigmas[step]).transpose(1, 2); // (1, T, C, h, w)
        Tensor picture = told.ImageLatent.expand(1, scaled.size(1), scaled.size(2), scaled.size(3), scaled.size(4));
        Tensor time = tensor(new[] { sigmas.Noise[step] }).to(Device);
        bool one = plan.GuidanceScale == 1 && manifest.Sampling.MinGuidanceScale == 1;
        Tensor With() => cat([scaled, picture], 2);
        // Without the picture: zeros for its token and its latents; frame rate and the rest stay.
        Tensor Without() => cat([scaled, picture.zeros_like()], 2);
        Tensor None() => told.Token.zeros_like();
        Tensor output = one || pass == GuidancePass.Conditional ? RunUNet(With(), time, told.Token, told.Micro)
            : pass == GuidancePass.Unconditional ? RunUNet(Without(), time, None(), told.Micro)
            // In the original's order, which counts where the published code mixes up the tokens of a batch.
            : plan.BatchGuidance ? Guided([.. RunUNet(cat([Without(), With()], 0), time, cat([None(), told.Token], 0), told.Micro.repeat(2, 1)).chunk(2, 0).Reverse()], plan)
            : Guided([RunUNet(With(), time, told.Token, told.Micro), RunUNet(Without(), time, None(), told.Micro)], plan);
        return output.transpose(1, 2).contiguous().MoveToOuterDisposeScope(); // (1, C, T, h, w)
    }

    private protected override Tensor Combine(Tensor conditional, Tensor unconditional, SamplingPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        return Guided([conditional.transpose(1, 2), unconditional.transpose(1, 2)], plan).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    private protected override StepResult SamplerStep(Tensor latents, Tensor prediction, SamplingPlan plan, int step)
    {
        var sigmas = new KarrasSigmas(plan.Start, plan.Steps);
        (Tensor next, Tensor clean) = EulerStep.Apply(latents, prediction, sigmas.Sigmas[step], sigmas.Sigmas[step + 1]);
        return new StepResult(next, clean);
    }

    private protected override Tensor DecodeFrames(Tensor latents) => networks.Autoencoder.Decode(latents.to(precision), latents.size(0));

    // With the picture and without, each (1, T, C, h, w).
    private Tensor Guided(Tensor[] looks, SamplingPlan plan) =>
        FrameGuidance.Apply(looks[0], looks[1], manifest.Sampling.MinGuidanceScale, plan.GuidanceScale);

    private Tensor RunUNet(Tensor input, Tensor time, Tensor token, Tensor micro)
    {
        using DisposeScope scope = NewDisposeScope();
        return networks.UNet.Forward(input.to(precision), time, token.to(precision), micro, manifest.TimeContext).to(float32).MoveToOuterDisposeScope();
    }
}
