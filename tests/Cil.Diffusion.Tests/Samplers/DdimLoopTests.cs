using System.Text.Json;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Samplers;

public sealed class DdimLoopTests
{
    // Guidance of 7.5 enlarges rounding: 3e-4 of the largest value after one step, 2e-3 later; frames 5e-3.
    private const double First = 3e-4, Later = 2e-3, Frames = 5e-3;
    private const double ScaleFactor = 0.18215;

    [Theory]
    [InlineData("trailing_eta1_cfg7.5_rescale0.7", TimestepSpacing.UniformTrailing, 1.0, 7.5, 0.7)]
    [InlineData("trailing_eta0_cfg7.5_rescale0.7", TimestepSpacing.UniformTrailing, 0.0, 7.5, 0.7)]
    [InlineData("uniform_eta1_cfg7.5_rescale0", TimestepSpacing.Uniform, 1.0, 7.5, 0.0)]
    [InlineData("uniform_eta0_nocfg", TimestepSpacing.Uniform, 0.0, 1.0, 0.0)]
    public void Loop_GivesTheOriginalsLatentsAtEveryStep(string run, TimestepSpacing spacing, double eta, double guidance, double rescale)
    {
        using var loop = new Golden("dynamicrafter/loop");
        using var network = new Network();

        Tensor last = Run(loop, network, run + ".", spacing, 1000, eta, guidance, rescale, loop["x_T"]);

        if (run.StartsWith("trailing_eta1", StringComparison.Ordinal)) loop.Near($"frames.{run}", network.Decode(last), Frames);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(960)]
    [InlineData(900)]
    public void AnalyticInit_StartsAndEndsAsTheOriginal(int start)
    {
        using var loop = new Golden("dynamicrafter/loop_cil");
        using var network = new Network();
        var gaussian = StartingGaussian.At(
            new NoiseSchedule(new ScheduleOptions()), start, loop["trcov_d"].item<float>(), AnalyticInitMode.RepoCompat);
        Tensor x = (loop["expectation_x0"] * gaussian.MeanScale) + (loop["eps"] * gaussian.Deviation);
        loop.Near($"M{start}.x_T", x, 1e-5);

        Tensor last = Run(loop, network, $"M{start}.", TimestepSpacing.UniformTrailing, start, 1, 7.5, 0.7, x);

        if (start == 900) loop.Near("M900.frames", network.Decode(last), Frames);
    }

    [Fact]
    public void MultiCondition_GivesTheOriginalsLatents()
    {
        using var loop = new Golden("dynamicrafter/loop_multicond");
        using var network = new Network();
        double text = loop.Config.GetProperty("unconditional_guidance_scale").GetDouble(),
            image = loop.Config.GetProperty("cfg_img").GetDouble();
        var schedule = new NoiseSchedule(new ScheduleOptions());
        var tables = new DdimTables(schedule, DdimGrid.Timesteps(TimestepSpacing.UniformTrailing, 5, 1000), 1);
        Tensor x = loop["x_T"];
        for (int step = 0; step < tables.Count; step++)
        {
            int index = tables.Count - 1 - step;
            Tensor full = network.Call(loop, x, tables.Timesteps[index], "text", "image_tokens");
            Tensor pictured = network.Call(loop, x, tables.Timesteps[index], "uncond_text", "image_tokens");
            Tensor none = network.Call(loop, x, tables.Timesteps[index], "uncond_text", "uncond_image_tokens");
            Tensor guided = Guidance.Rescale(Guidance.MultiCondition(full, pictured, none, text, image), full, 0.7);
            (x, Tensor x0) = DdimStep.Apply(x, guided, tables, index, Parameterization.V, loop[$"noise_{step}"]);
            // One branch more than plain guidance: 5e-4, then 3e-3.
            loop.Near($"x_{step + 1}", x, step == 0 ? 5e-4 : 3e-3);
            loop.Near($"pred_x0_{step + 1}", x0, step == 0 ? 5e-4 : 3e-3);
        }
    }

    private static Tensor Run(
        Golden loop, Network network, string prefix, TimestepSpacing spacing,
        int start, double eta, double guidance, double rescale, Tensor x)
    {
        var tables = new DdimTables(new NoiseSchedule(new ScheduleOptions()), DdimGrid.Timesteps(spacing, 5, start), eta);
        for (int step = 0; step < tables.Count; step++)
        {
            int index = tables.Count - 1 - step;
            Tensor output = network.Call(loop, x, tables.Timesteps[index], "text", "image_tokens");
            if (guidance != 1)
            {
                Tensor without = network.Call(loop, x, tables.Timesteps[index], "uncond_text", "uncond_image_tokens");
                output = Guidance.Rescale(Guidance.Classifier(output, without, guidance), output, rescale);
            }

            (x, Tensor x0) = DdimStep.Apply(x, output, tables, index, Parameterization.V, loop[$"noise_{step}"]);
            loop.Near($"{prefix}x_{step + 1}", x, step == 0 ? First : Later);
            loop.Near($"{prefix}pred_x0_{step + 1}", x0, step == 0 ? First : Later);
        }

        return x;
    }

    private sealed class Network : IDisposable
    {
        private readonly Golden unetCase = new("dynamicrafter/unet_2level_wide");
        private readonly Golden autoencoderCase = new("dynamicrafter/autoencoder");
        private readonly CheckpointWeights unetWeights, autoencoderWeights;
        private readonly VideoUNet unet;
        private readonly KlAutoencoder autoencoder;

        internal Network()
        {
            unetWeights = unetCase.Weights();
            autoencoderWeights = autoencoderCase.Weights();
            unet = new VideoUNet(unetCase.Config.GetProperty("params").Deserialize<UNetConfig>()!, WeightScope.Root(unetWeights));
            JsonElement parameters = autoencoderCase.Config.GetProperty("params");
            autoencoder = new KlAutoencoder(
                parameters.GetProperty("ddconfig").Deserialize<AutoencoderConfig>()!, 4, WeightScope.Root(autoencoderWeights));
        }

        internal Tensor Call(Golden loop, Tensor x, int time, string text, string image)
        {
            Tensor latent = loop["image_latent"].expand(-1, -1, x.size(2), -1, -1);
            return unet.Forward(cat([x, latent], 1), tensor(new long[] { time }), cat([loop[text], loop[image]], 1), loop["fs"]);
        }

        internal Tensor Decode(Tensor latents)
        {
            Tensor frames = autoencoder.Decode((latents / ScaleFactor).squeeze(0).transpose(0, 1)); // (T, 3, H, W)
            return frames.transpose(0, 1).unsqueeze(0); // (1, 3, T, H, W)
        }

        public void Dispose()
        {
            unetWeights.Dispose();
            autoencoderWeights.Dispose();
            autoencoderCase.Dispose();
            unetCase.Dispose();
        }
    }
}
