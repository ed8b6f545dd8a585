using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.StableVideoDiffusion;
using Cil.Diffusion.Tests.Training;
using Cil.Diffusion.TimeNoise;
using Cil.Diffusion.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.StableVideoDiffusion;

/// <summary>One step of fine-tuning with TimeNoise, and one of the naive baseline, against the original's.</summary>
public sealed class SvdTrainingTests : IDisposable
{
    private const double LearningRate = 3e-5, ClipNorm = 1, BetaM = 15, HighestSigma = 700;

    private readonly Golden golden = new("svd/training"), network = new("svd/unet_2level_wide"), pictures = new("svd/vae");
    private readonly IDisposable gradients = set_grad_enabled(true);

    [Theory]
    [InlineData("timenoise")]
    [InlineData("baseline")]
    public void Step_OnGoldenDraws_GivesTheOriginalsLossGradientsAndParameters(string run)
    {
        using TrainingWeights weights = StoredGradients.Load(network, source => _ = Build(source));
        SvdUNet unet = Build(new StoredGradients.Bound(weights));
        float[] sigmas = [.. Floats($"{run}.sigma_normal").Select(normal => (float)EdmLoss.Sigma(normal))];
        float[] strengths = run == "timenoise"
            ? [.. Floats("timenoise.beta_normal").Select((normal, clip) => (float)new TimeNoiseDistribution(BetaM).Strength(sigmas[clip] / HighestSigma, normal))]
            : [.. Floats("baseline.cond_sigma_normal").Select(normal => (float)EdmLoss.Sigma(normal))];
        // Frames a second, motion, and how strongly the picture was corrupted.
        Tensor conditions = stack([full([2], 3f), full([2], 20f), tensor(strengths)], 1);
        golden.Near($"{run}.unet_added_time_ids", conditions, 1e-6);
        Tensor? input = null, times = null;

        using Tensor loss = EdmLoss.Compute(
            (x, noise) =>
            {
                (input, times) = (x.detach().clone().DetachFromDisposeScope(), noise.clone().DetachFromDisposeScope());
                return unet.Forward(x, noise, golden["encoder_hidden_states"], conditions, TimeContextOrder.Legacy);
            },
            golden["latents"],
            Condition(run, strengths),
            new EdmDraws
            {
                Sigmas = [.. sigmas.Select(sigma => (double)sigma)],
                Noise = golden[$"{run}.noise"],
                ConditionStrength = run == "timenoise" ? [.. strengths.Select(strength => (double)strength)] : null,
                ConditionNoise = run == "timenoise" ? golden["timenoise.cond_normal"] : null,
            });
        loss.backward();
        Dictionary<string, NamedParameter> byName = weights.Parameters.ToDictionary(parameter => parameter.Name);

        // The case's own suggestions, for float32 on another BLAS; the picture's latents went through the encoder.
        golden.Near($"{run}.unet_input", input!, 1e-5);
        golden.Near($"{run}.unet_timestep", times!, 1e-6);
        Assert.Equal(golden[$"{run}.loss"].item<float>(), loss.item<float>(), golden[$"{run}.loss"].item<float>() * 1e-5);
        double norm = GradientNorm.Total(weights.Parameters);
        Assert.Equal(golden[$"{run}.grad_total_norm"].item<float>(), norm, norm * 2e-3);
        StoredGradients.AssertNorms(Path.Combine(golden.Folder, $"grad_norms_{run}.json"), byName, entry: run);
        StoredGradients.AssertStep(golden, $"{run}.", byName, weights.Parameters, LearningRate, GradientNorm.ClipFactor(norm, ClipNorm));
        input!.Dispose();
        times!.Dispose();
    }

    [Fact]
    public void Compute_OfANetworkThatKnows_IsZero()
    {
        Tensor latents = golden["latents"], noise = golden["timenoise.noise"];
        const double Sigma = 0.5, Variance = 1.25;
        Tensor noisy = latents + (noise * Sigma);
        // Solved for the output: clean = output * -sigma / sqrt(sigma² + 1) + noisy / (sigma² + 1).
        Tensor knows = (latents - (noisy / Variance)) * (-Math.Sqrt(Variance) / Sigma);

        using Tensor loss = EdmLoss.Compute((_, _) => knows, latents, latents.select(1, 0), new EdmDraws { Sigmas = [Sigma, Sigma], Noise = noise });

        Assert.InRange(loss.item<float>(), 0, 1e-10);
    }

    [Fact]
    public void Compute_WithDrawsOfAnotherShape_NamesBoth()
    {
        var draws = new EdmDraws { Sigmas = [1], Noise = ones(1) };

        string message = Assert.Throws<ArgumentException>(() => EdmLoss.Compute((x, _) => x, golden["latents"], ones(1), draws)).Message;

        Assert.Contains("expected 2 noise levels and noise of (2, 4, 4, 8, 8), got 1 and (1)", message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        gradients.Dispose();
        pictures.Dispose();
        network.Dispose();
        golden.Dispose();
    }

    private float[] Floats(string name) => golden[name].data<float>().ToArray();

    private SvdUNet Build(IWeightSource weights) => new(SvdUNetConfig.Read(network.Config), WeightScope.Root(weights));

    // A sample of the first frame's posterior, not scaled; the baseline's frame has noise on its pixels.
    private Tensor Condition(string run, float[] strengths)
    {
        using IDisposable still = no_grad();
        using CheckpointWeights weights = pictures.Weights();
        var autoencoder = new SvdAutoencoder(SvdAutoencoderConfig.Read(pictures.Config), WeightScope.Root(weights));
        Tensor frame = golden["first_frame"];
        if (run == "baseline") frame = frame + (golden["baseline.cond_pixel_noise"] * tensor(strengths).view(-1, 1, 1, 1, 1));
        (Tensor mean, Tensor logVariance) = autoencoder.Encode(frame.squeeze(1));
        return mean + ((logVariance * 0.5).exp() * golden[$"{run}.vae_sample_noise"]);
    }
}
