using System.Text.Json;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.DynamiCrafter;
using Cil.Diffusion.Samplers;
using Cil.Diffusion.VideoCrafter1;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.VideoCrafter1;

/// <summary>Whole runs of 5 steps against the original's, latents after every step.</summary>
public sealed class VideoCrafterLoopTests : IDisposable
{
    // Guidance of 12 enlarges rounding: the cases suggest 5e-4 of the largest value after one step, 3e-3 later, frames 5e-3.
    private const double First = 5e-4, Later = 3e-3, Frames = 5e-3;
    private const int Steps = 5;

    private readonly Golden network = new("videocrafter1/unet_2level_wide");
    private readonly CheckpointWeights weights;
    private readonly VideoUNet unet;
    private readonly NoiseSchedule schedule = new(new ScheduleOptions { Parameterization = Parameterization.Eps, ZeroTerminalSnr = false, BaseScale = 0.7, RescaleToTimeZero = true });

    public VideoCrafterLoopTests()
    {
        weights = network.Weights();
        unet = new VideoUNet(VideoCrafterUNet.Read(network.Config.GetProperty("params")), WeightScope.Root(weights));
    }

    [Theory]
    [InlineData("eta1_cfg12", 1.0, 12.0)]
    [InlineData("eta0_cfg12", 0.0, 12.0)]
    [InlineData("eta0_nocfg", 0.0, 1.0)]
    public void Loop_GivesTheOriginalsLatentsAtEveryStep(string run, double eta, double guidance)
    {
        using var loop = new Golden("videocrafter1/loop");

        Tensor last = Run(loop, $"{run}.", new DdimTables(schedule, DdimGrid.Timesteps(TimestepSpacing.Uniform, Steps, 1000), eta), guidance, loop["x_T"]);

        if (run == "eta0_cfg12") loop.Near($"frames.{run}", Decode(last), Frames);
    }

    [Theory]
    [InlineData(1000, "as_released", 1000)]
    [InlineData(940, "as_released", 1000)]
    [InlineData(940, "intended", 940)]
    public void AnalyticInit_StartsAndGoesOnAsTheOriginal(int start, string grid, int times)
    {
        using var loop = new Golden("videocrafter1/loop_cil");
        var gaussian = StartingGaussian.At(schedule, start, loop["trcov_d"].item<float>(), AnalyticInitMode.RepoCompat);
        Tensor x = (loop["expectation_x0"] * gaussian.MeanScale) + (loop["eps"] * gaussian.Deviation);
        loop.Near($"M{start}.x_T", x, 1e-5);
        var tables = new DdimTables(schedule, DdimGrid.Timesteps(TimestepSpacing.Uniform, Steps, times), 1);
        Assert.Equal(loop[$"M{start}.{grid}.timesteps"].data<long>().ToArray(), tables.Timesteps.Select(time => (long)time));
        loop.Near($"M{start}.{grid}.ddim_sigmas", tensor(tables.Sigmas), 1e-5);
        loop.Near($"M{start}.{grid}.ddim_scale_arr_prev", tensor(tables.ScalePrevious), 1e-5);

        _ = Run(loop, $"M{start}.{grid}.", tables, 12, x);
    }

    [Fact]
    public void Schedule_HasTheOriginalsTables()
    {
        using var loop = new Golden("videocrafter1/loop");

        loop.Near("schedule.betas", tensor(schedule.Betas), 1e-5);
        loop.Near("schedule.alphas_cumprod", tensor(schedule.AlphasCumprod), 1e-5);
        loop.Near("schedule.scale_arr", tensor(schedule.Scale), 1e-6);
    }

    public void Dispose()
    {
        weights.Dispose();
        network.Dispose();
    }

    private Tensor Run(Golden loop, string prefix, DdimTables tables, double guidance, Tensor x)
    {
        for (int step = 0; step < tables.Count; step++)
        {
            int index = tables.Count - 1 - step;
            Tensor output = Call(loop, x, tables.Timesteps[index], "text", "image_tokens");
            if (guidance != 1) output = Guidance.Classifier(output, Call(loop, x, tables.Timesteps[index], "uncond_text", "uncond_image_tokens"), guidance);
            (x, Tensor x0) = DdimStep.Apply(x, output, tables, index, Parameterization.Eps, loop[$"noise_{step}"]);
            loop.Near($"{prefix}x_{step + 1}", x, step == 0 ? First : Later);
            // The original stores x0 before the next time's scale is put on it.
            loop.Near($"{prefix}pred_x0_{step + 1}", x0 / tables.ScalePrevious[index], step == 0 ? First : Later);
        }

        return x;
    }

    private Tensor Call(Golden loop, Tensor x, int time, string text, string image) =>
        unet.Forward(x, tensor(new long[] { time }), cat([loop[text], loop[image]], 1), loop["fps"]);

    private static Tensor Decode(Tensor latents)
    {
        using var golden = new Golden("dynamicrafter/autoencoder");
        using CheckpointWeights weights = golden.Weights();
        var autoencoder = new KlAutoencoder(
            golden.Config.GetProperty("params").GetProperty("ddconfig").Deserialize<AutoencoderConfig>()!, 4, WeightScope.Root(weights));
        Tensor frames = autoencoder.Decode((latents / 0.18215).squeeze(0).transpose(0, 1)); // (T, 3, H, W)
        return frames.transpose(0, 1).unsqueeze(0).MoveToOuterDisposeScope(); // (1, 3, T, H, W)
    }
}
