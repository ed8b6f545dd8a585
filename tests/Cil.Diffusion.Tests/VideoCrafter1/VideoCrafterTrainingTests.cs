using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.DynamiCrafter;
using Cil.Diffusion.Samplers;
using Cil.Diffusion.Tests.Training;
using Cil.Diffusion.TimeNoise;
using Cil.Diffusion.Training;
using Cil.Diffusion.VideoCrafter1;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.VideoCrafter1;

/// <summary>One step of TimeNoise fine-tuning, where the noise is put on the image tokens, against the original's.</summary>
public sealed class VideoCrafterTrainingTests : IDisposable
{
    // A time embedding that the group norm after it takes out again (one channel a group): the original has 2.4e-6 there, this machine 3.5e-6.
    private const double MuMax = 4, Noise = 2e-6;

    private readonly Golden golden = new("videocrafter1/training");
    private readonly Golden network = new("videocrafter1/unet_2level_wide");
    private readonly IDisposable gradients = set_grad_enabled(true);

    [Fact]
    public void NoisyTokens_FromTheGoldensDraws_AreTheOriginals()
    {
        float[] normals = golden["beta_normal"].data<float>().ToArray();
        var distribution = new TimeNoiseDistribution(MuMax: MuMax);
        float[] strengths = [.. normals.Select((normal, clip) => (float)distribution.Strength(Times()[clip] / 1000.0, normal))];

        golden.Near("beta_s", tensor(strengths).reshape(golden["beta_s"].shape), 1e-6);
        golden.Near("noisy_image_tokens", golden["image_tokens"] + (golden["cond_noise"] * tensor(strengths).view(-1, 1, 1)), 1e-6);
    }

    [Theory]
    [InlineData("as_released", false)]
    [InlineData("intended", true)]
    public void Step_OnGoldenDraws_GivesTheOriginalsLossAndGradients(string run, bool tellsFps)
    {
        using TrainingWeights weights = StoredGradients.Load(network, source => _ = Build(source));
        VideoUNet unet = Build(new StoredGradients.Bound(weights));
        var schedule = new NoiseSchedule(new ScheduleOptions { Parameterization = Parameterization.Eps, ZeroTerminalSnr = false, RescaleToTimeZero = true });
        Tensor? input = null;
        using Tensor loss = new DiffusionLoss(schedule).Compute(
            (x, times) =>
            {
                input = x.detach().clone().DetachFromDisposeScope();
                return unet.Forward(x, times, cat([golden["text"], golden["noisy_image_tokens"]], 1), tellsFps ? golden["fps"] : null);
            },
            golden["z"],
            condition: null,
            new DiffusionDraws { Timesteps = Times(), Noise = golden["noise"] });
        loss.backward();

        golden.Near($"{run}.unet_input", input!, 1e-6);
        // Float32 on another BLAS: the case's own suggestions.
        Assert.Equal(golden[$"{run}.loss"].item<float>(), loss.item<float>(), golden[$"{run}.loss"].item<float>() * 1e-5);
        double norm = GradientNorm.Total(weights.Parameters);
        Assert.Equal(golden[$"{run}.grad_total_norm"].item<float>(), norm, norm * 1e-3);
        StoredGradients.AssertNorms(Path.Combine(golden.Folder, $"grad_norms_{run}.json"), weights.Parameters.ToDictionary(parameter => parameter.Name), Noise);
        input!.Dispose();
    }

    public void Dispose()
    {
        gradients.Dispose();
        network.Dispose();
        golden.Dispose();
    }

    private VideoUNet Build(IWeightSource weights) => new(VideoCrafterUNet.Read(network.Config.GetProperty("params")), WeightScope.Root(weights));

    private int[] Times() => [.. golden["t"].data<long>().ToArray().Select(time => (int)time)];
}
