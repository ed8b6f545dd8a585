using Cil.Diffusion.Clip;
using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>Turns pictures and words into what the network is told (scripts/evaluation/inference.py of DynamiCrafter).</summary>
internal sealed class Conditioner(
    LvdmManifest manifest, ModelNetworks networks, BpeTokenizer tokenizer, Device device, ScalarType precision)
{
    private const int TokensPerFrame = 16;

    /// <summary>The caller owns what comes back.</summary>
    internal LvdmConditioning Encode(ConditioningInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = Pixels.ToTensor(input.Image, 1, input.Height, input.Width).to(device); // (1, 3, H, W)
        Tensor negative = Text(input.NegativePrompt, "negative prompt"), picture = ImageTokens(image, input.Frames);
        // The unconditional picture is mid-grey before the tower, not absent after it.
        Tensor grey = ImageTokens(image.zeros_like(), input.Frames);
        Tensor words = Text(input.Prompt, "prompt");
        return new LvdmConditioning(
            Owned(cat([words, picture], 1)),
            Owned(cat([negative, grey], 1)),
            Owned(cat([negative, picture], 1)),
            manifest.ConcatenatesImage ? Owned(ImageLatent(image, input)) : null,
            Owned(tensor(new long[] { input.Fps }).to(device)))
        {
            LowPassed = input.LowPassStrength is { } strength
                ? LowPassed(LowPassGuidance.Filter(image, strength), words, input)
                : null,
        };
    }

    private (Tensor Context, Tensor? ImageLatent) LowPassed(Tensor image, Tensor words, ConditioningInput input) => (
        Owned(cat([words, ImageTokens(image, input.Frames)], 1)),
        manifest.ConcatenatesImage ? Owned(ImageLatent(image, input)) : null);

    private Tensor ImageLatent(Tensor image, ConditioningInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = Posterior(image);
        Tensor noise = CounterNoise.Draw(input.Seed, input.Window, NoisePurpose.Condition, 0, mean.shape).to(device);
        Tensor latent = ClipLatents.Sample(mean, logVariance, noise) * manifest.ScaleFactor; // (1, C, h, w)
        return latent.unsqueeze(2).repeat(1, 1, input.Frames, 1, 1).MoveToOuterDisposeScope(); // (1, C, T, h, w)
    }

    private static Tensor Owned(Tensor tensor) => tensor.DetachFromDisposeScope();

    /// <summary>Mean and log variance of pictures in [-1, 1], float32.</summary>
    internal (Tensor Mean, Tensor LogVariance) Posterior(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = networks.Autoencoder.Encode(images.to(precision));
        return scope.MoveToOuter(mean.to(float32), logVariance.to(float32));
    }

    private Tensor Text(string prompt, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = tensor(tokenizer.TokenizeWhole(prompt, name)).unsqueeze(0).to(device);
        return networks.Text.Forward(tokens).MoveToOuterDisposeScope(); // (1, 77, width)
    }

    // A render shorter than the model's window takes the tokens of its first frames.
    private Tensor ImageTokens(Tensor image, int frames)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = ImagePreprocessor.Prepare(image, manifest.OpenClip.Vision.ImageSize).to(precision);
        Tensor tokens = networks.Resampler.Forward(networks.Vision.Tokens(pixels)); // (1, 16 T, width)
        if (manifest.Resampler.VideoLength is { } length && frames < length)
            tokens = tokens.narrow(1, 0, TokensPerFrame * frames).contiguous();
        return tokens.MoveToOuterDisposeScope();
    }
}
