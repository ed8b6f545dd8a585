using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Models;

/// <summary>From every container, the pipeline that renders has the original's latents after every step.</summary>
public sealed class GoldenLoopTests
{
    // Guidance of 7.5 to 12 enlarges rounding: the cases suggest 5e-4 of the largest value after one step, 3e-3 later.
    private const double First = 5e-4, Later = 3e-3;

    public static TheoryData<string, string> All => GoldenModel.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Steps_FromEveryContainer_AreTheOriginals(string system, string container)
    {
        using var model = new GoldenModel(system, container);
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);

        if (system == FamilyName.StableVideoDiffusion) Svd(pipeline);
        else Lvdm(pipeline, system);
    }

    private static void Lvdm(VideoPipeline pipeline, string system)
    {
        using var loop = new Golden($"{system}/loop");
        (string run, string rate) = system == FamilyName.VideoCrafter1 ? ("eta0_cfg12", "fps") : ("trailing_eta0_cfg7.5_rescale0.7", "fs");
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 1) with { Eta = 0 };
        using var conditioning = new LvdmConditioning(
            cat([loop["text"], loop["image_tokens"]], 1), cat([loop["uncond_text"], loop["uncond_image_tokens"]], 1),
            cat([loop["uncond_text"], loop["image_tokens"]], 1),
            system == FamilyName.VideoCrafter1 ? null : loop["image_latent"].repeat(1, 1, GoldenModel.Frames, 1, 1), loop[rate]);
        Tensor x = loop["x_T"];
        for (int step = 0; step < pipeline.StepCount(plan); step++)
        {
            x = pipeline.Step(x, conditioning, plan, step).Latents;
            loop.Near($"{run}.x_{step + 1}", x, step == 0 ? First : Later);
        }
    }

    private static void Svd(VideoPipeline pipeline)
    {
        using Golden loop = new("svd/loop_cil"), pictures = new("svd/vae");
        using CheckpointWeights weights = pictures.Weights();
        var autoencoder = new SvdAutoencoder(SvdAutoencoderConfig.Read(pictures.Config), WeightScope.Root(weights));
        const string Run = "intended.sigma_max100";
        // Both halves of guidance in one batch, as in the original.
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 1) with { BatchGuidance = true };
        Tensor image = autoencoder.Encode(loop["image"] + (loop[$"{Run}.image_noise"] * 0.02)).Mean.unsqueeze(1);
        using var conditioning = new SvdConditioning(loop["image_embeds"].unsqueeze(1), image, tensor([2f, 20f, 0.02f], [1, 3]));
        Tensor x = loop[$"{Run}.latents_0"].transpose(1, 2).contiguous(); // (1, C, T, h, w)
        for (int step = 0; step < pipeline.StepCount(plan); step++)
        {
            x = pipeline.Step(x, conditioning, plan, step).Latents;
            // Of the others the case has no latents.
            if (step is 0 or 4) loop.Near($"{Run}.latents_{step + 1}", x.transpose(1, 2).contiguous(), Later);
        }
    }
}
