using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Samplers;
using Cil.Diffusion.StableVideoDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.StableVideoDiffusion;

/// <summary>Whole runs of 5 steps against the published pipeline's, latents after every step.</summary>
public sealed class SvdLoopTests : IDisposable
{
    // Float32 on another BLAS: the cases suggest 2e-4 of the largest value for the first call, 1e-3 for latents, 2e-3 for frames.
    private const double First = 2e-4, Latents = 1e-3, Frames = 2e-3, Augmentation = 0.02;
    private const int Steps = 5;

    private readonly Golden network = new("svd/unet_2level_wide"), pictures = new("svd/vae");
    private readonly CheckpointWeights unetWeights, autoencoderWeights;
    private readonly SvdUNet unet;
    private readonly SvdAutoencoder autoencoder;

    public SvdLoopTests()
    {
        unetWeights = network.Weights();
        autoencoderWeights = pictures.Weights();
        unet = new SvdUNet(SvdUNetConfig.Read(network.Config), WeightScope.Root(unetWeights));
        autoencoder = new SvdAutoencoder(SvdAutoencoderConfig.Read(pictures.Config), WeightScope.Root(autoencoderWeights));
    }

    [Fact]
    public void Loop_GivesTheOriginalsLatentsAtEveryStep()
    {
        using var loop = new Golden("svd/loop");
        var sigmas = new KarrasSigmas(700, Steps);
        loop.Near("sigmas", tensor(sigmas.Sigmas.ToArray()), 1e-5);
        Tensor image = ImageLatents(loop["image"], loop["image_noise"]);
        loop.Near("image_latents", image, First);
        Tensor x = loop["init_noise"] * sigmas.InitialDeviation;
        loop.Near("latents_0", x, 1e-6);
        loop.Near("first_unet_input", Input(x, image, sigmas.Sigmas[0]), First);
        loop.Near("first_unet_output", Call(x, image, loop["image_embeds"], sigmas, 0), First);
        // Two pictures in one batch: the published code mixes up their tokens over time.
        for (int step = 0; step < Steps; step++)
        {
            x = Step(x, image, loop["image_embeds"], sigmas, step);
            loop.Near($"latents_{step + 1}", x, Latents);
        }

        loop.Near("frames", Decode(x), Frames);
    }

    [Theory]
    [InlineData("intended", 100)]
    [InlineData("intended", 20)]
    [InlineData("as_released", 100)]
    public void AnalyticInit_StartsAndGoesOnAsTheOriginal(string mode, double highest)
    {
        using var loop = new Golden("svd/loop_cil");
        string run = $"{mode}.sigma_max{highest}";
        var sigmas = new KarrasSigmas(highest, Steps);
        loop.Near($"{run}.sigmas", tensor(sigmas.Sigmas.ToArray()), 1e-5);
        loop.Near($"{run}.timesteps", tensor(sigmas.Noise.ToArray()), 1e-5);
        double variance = loop["trcov_d"].item<float>(), deviation = sigmas.InitialDeviation;
        Tensor noise = loop[$"{run}.init_noise"], expectation = loop["expectation_x0"];
        Tensor x = mode == "intended"
            ? expectation + (noise * StartingGaussian.At(sigmas, variance).Deviation)
            : (noise * (expectation + (deviation * deviation)).sqrt()) + variance;
        loop.Near($"{run}.latents_0", x, 1e-6);
        Tensor image = ImageLatents(loop["image"], loop[$"{run}.image_noise"]);
        for (int step = 0; step < Steps; step++)
        {
            x = Step(x, image, loop["image_embeds"], sigmas, step);
            if (step == 0) loop.Near($"{run}.latents_1", x, Latents);
        }

        loop.Near($"{run}.latents_5", x, Latents);
        loop.Near($"{run}.frames", Decode(x), Frames);
    }

    [Fact]
    public void Forward_OfSeveralSamples_LooksAtEachOnesOwnToken()
    {
        Tensor sample = network["sample"], time = network["timestep"], token = network["encoder_hidden_states"], conditions = network["added_time_ids"];
        Tensor both = unet.Forward(sample, time, token, conditions);
        Tensor[] alone = [.. Enumerable.Range(0, 2).Select(i => unet.Forward(Row(sample, i), Row(time, i), Row(token, i), Row(conditions, i)))];

        // Sums of other lengths are cut otherwise: a few units in the last place.
        Assert.True((both - cat(alone, 0)).abs().max().ToDouble() < 1e-4 * both.abs().max().ToDouble());
        Assert.True((both - network["out"]).abs().max().ToDouble() > 1e-2 * both.abs().max().ToDouble());

        static Tensor Row(Tensor x, int i) => x.narrow(0, i, 1);
    }

    [Fact]
    public void Forward_WithSeveralTokens_SaysThatItTakesOne()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            unet.Forward(network["sample"], network["timestep"], network["encoder_hidden_states"].expand(2, 3, 24), network["added_time_ids"]));

        Assert.Contains("got 3", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        unetWeights.Dispose();
        autoencoderWeights.Dispose();
        pictures.Dispose();
        network.Dispose();
    }

    private Tensor ImageLatents(Tensor image, Tensor noise) => autoencoder.Encode(image + (noise * Augmentation)).Mean;

    // Unconditional first: no image, no token.
    private static Tensor Input(Tensor x, Tensor image, double sigma)
    {
        long frames = x.size(1);
        Tensor repeated = image.unsqueeze(1).expand(image.size(0), frames, image.size(1), image.size(2), image.size(3));
        return cat([EulerStep.ScaledInput(x, sigma).repeat(2, 1, 1, 1, 1), cat([repeated.zeros_like(), repeated], 0)], 2);
    }

    private Tensor Call(Tensor x, Tensor image, Tensor embedding, KarrasSigmas sigmas, int step)
    {
        long batch = x.size(0);
        Tensor token = cat([embedding.zeros_like(), embedding], 0).unsqueeze(1);
        Tensor conditions = tensor(new[] { 2f, 20f, (float)Augmentation }).expand(batch * 2, 3);
        return unet.Forward(Input(x, image, sigmas.Sigmas[step]), tensor(new[] { sigmas.Noise[step] }), token, conditions, TimeContextOrder.Legacy);
    }

    private Tensor Step(Tensor x, Tensor image, Tensor embedding, KarrasSigmas sigmas, int step)
    {
        Tensor[] looks = Call(x, image, embedding, sigmas, step).chunk(2, 0);
        Tensor output = FrameGuidance.Apply(looks[1], looks[0], 1, 3);
        return EulerStep.Apply(x, output, sigmas.Sigmas[step], sigmas.Sigmas[step + 1]).Next;
    }

    private Tensor Decode(Tensor latents)
    {
        long batch = latents.size(0), frames = latents.size(1);
        Tensor decoded = autoencoder.Decode((latents / autoencoder.Config.ScalingFactor).flatten(0, 1), frames); // (B T, 3, H, W)
        return decoded.view(batch, frames, 3, decoded.size(2), decoded.size(3)).transpose(1, 2); // (B, 3, T, H, W)
    }
}
