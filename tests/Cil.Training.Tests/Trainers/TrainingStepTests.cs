using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using Cil.Diffusion.TimeNoise;
using Cil.TestKit.Models;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Tests.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.Trainers;

/// <summary>One step of TimeNoise fine-tuning against the original's: input, loss, every gradient's norm, clipping, AdamW.</summary>
public sealed class TrainingStepTests : IDisposable
{
    private const double LearningRate = 1e-5, ClipNorm = 0.5;

    private readonly Golden golden = new("dynamicrafter/training");
    private readonly Golden network = new("dynamicrafter/unet_2level_wide");
    private readonly IDisposable gradients = set_grad_enabled(true);

    [Fact]
    public void Strengths_FromTheGoldensDraws_AreTheOriginals()
    {
        var distribution = new TimeNoiseDistribution();
        float[] normals = golden["beta_normal"].data<float>().ToArray(), expected = golden["beta_s"].data<float>().ToArray();

        for (int i = 0; i < normals.Length; i++)
            Assert.Equal(expected[i], distribution.Strength(Times()[i] / 1000.0, normals[i]), expected[i] * 1e-6);
    }

    [Fact]
    public void Step_OnGoldenDraws_GivesTheOriginalsLossGradientsAndParameters()
    {
        using TrainingWeights weights = Weights();
        Tensor? input = null;
        using Tensor loss = Loss(weights, (x, _) => input = x);
        loss.backward();
        Dictionary<string, NamedParameter> byName = weights.Parameters.ToDictionary(parameter => parameter.Name);

        golden.Near("unet_input", input!.detach(), 1e-6);
        // Float32 on another BLAS: the case's own suggestion.
        Assert.Equal(golden["loss"].item<float>(), loss.item<float>(), golden["loss"].item<float>() * 1e-5);
        double norm = GradientNorm.Total(weights.Parameters);
        Assert.Equal(golden["grad_total_norm"].item<float>(), norm, norm * 1e-3);
        StoredGradients.AssertNorms(Path.Combine(golden.Folder, "grad_norms.json"), byName);

        StoredGradients.AssertStep(golden, "", byName, weights.Parameters, LearningRate, GradientNorm.ClipFactor(norm, ClipNorm));
        input!.Dispose();
    }

    private int[] Times() => [.. golden["t"].data<long>().ToArray().Select(time => (int)time)];

    private TrainingWeights Weights() => StoredGradients.Load(network, weights => _ = Build(weights));

    private VideoUNet Build(IWeightSource weights) =>
        new(network.Config.GetProperty("params").Deserialize<UNetConfig>()!, WeightScope.Root(weights));

    private Tensor Loss(TrainingWeights weights, Action<Tensor, Tensor> seen)
    {
        // Bound to the leaves that are there already.
        VideoUNet unet = Build(new StoredGradients.Bound(weights));
        return new DiffusionLoss(new NoiseSchedule(new ScheduleOptions())).Compute(
            (x, times) =>
            {
                seen(x.detach().clone().DetachFromDisposeScope(), times);
                return unet.Forward(x, times, golden["context"], golden["fs"]);
            },
            golden["z"],
            golden["image_latent"],
            new DiffusionDraws
            {
                Timesteps = Times(),
                Noise = golden["noise"],
                ConditionStrength = [.. golden["beta_s"].data<float>().ToArray().Select(strength => (double)strength)],
                ConditionNoise = golden["cond_noise"],
            });
    }

    public void Dispose()
    {
        gradients.Dispose();
        network.Dispose();
        golden.Dispose();
    }
}
