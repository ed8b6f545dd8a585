using Cil.Diffusion.OpenClip;
using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>Turns pictures and words into what the network is told (scripts/evaluation/inference.py of DynamiCrafter).</summary>
internal sealed class Conditioner(ModelManifest manifest, ModelNetworks networks, BpeTokenizer tokenizer, Device device, ScalarType precision)
{
    private const int TokensPerFrame = 16;

    // Frames that go through the encoder together: fixed, since rounding can depend on it.
    private const int FramesAtOnce = 4;

    /// <summary>The caller owns what comes back.</summary>
    internal Conditioning Encode(ConditioningInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = Pixels.ToTensor(input.Image, 1, input.Height, input.Width).to(device); // (1, 3, H, W)
        Tensor negative = Text(input.NegativePrompt), picture = ImageTokens(image, input.Frames);
        // The unconditional picture is mid-grey before the tower, not absent after it.
        Tensor grey = ImageTokens(image.zeros_like(), input.Frames);
        return new Conditioning(
            Owned(cat([Text(input.Prompt), picture], 1)),
            Owned(cat([negative, grey], 1)),
            Owned(cat([negative, picture], 1)),
            manifest.ConcatenatesImage ? Owned(ImageLatent(image, input)) : null,
            Owned(tensor(new long[] { input.Fps }).to(device)));
    }

    /// <summary>Scaled posterior samples of a clip's frames: (C, T, h, w), float32.</summary>
    internal Tensor EncodeClip(byte[] frames, int count, int height, int width, ulong seed, int clip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = Pixels.ToTensor(frames, count, height, width); // (T, 3, H, W)
        var parts = new List<Tensor>();
        for (int first = 0; first < count; first += FramesAtOnce)
        {
            (Tensor mean, Tensor logVariance) = Posterior(pixels.narrow(0, first, Math.Min(FramesAtOnce, count - first)).to(device));
            parts.Add(cat([mean, logVariance], 1));
        }

        Tensor[] moments = cat(parts, 0).chunk(2, 1); // each (T, C, h, w)
        Tensor noise = CounterNoise.Draw(seed, window: 0, NoisePurpose.Dataset, clip, moments[0].shape).to(device);
        return Sample(moments[0], moments[1], noise).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }

    private Tensor ImageLatent(Tensor image, ConditioningInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = Posterior(image);
        Tensor noise = CounterNoise.Draw(input.Seed, input.Window, NoisePurpose.Condition, 0, mean.shape).to(device);
        Tensor latent = Sample(mean, logVariance, noise); // (1, C, h, w)
        return latent.unsqueeze(2).repeat(1, 1, input.Frames, 1, 1).MoveToOuterDisposeScope(); // (1, C, T, h, w)
    }

    private static Tensor Owned(Tensor tensor) => tensor.DetachFromDisposeScope();

    private (Tensor Mean, Tensor LogVariance) Posterior(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = networks.Autoencoder.Encode(images.to(precision));
        return scope.MoveToOuter(mean.to(float32), logVariance.to(float32));
    }

    private Tensor Sample(Tensor mean, Tensor logVariance, Tensor noise)
    {
        using DisposeScope scope = NewDisposeScope();
        return ((mean + ((logVariance * 0.5).exp() * noise)) * manifest.ScaleFactor).MoveToOuterDisposeScope();
    }

    private Tensor Text(string prompt)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = tensor(tokenizer.Tokenize(prompt)).unsqueeze(0).to(device);
        return networks.Text.Forward(tokens).MoveToOuterDisposeScope(); // (1, 77, width)
    }

    // A render shorter than the model's window takes the tokens of its first frames.
    private Tensor ImageTokens(Tensor image, int frames)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = ImagePreprocessor.Prepare(image, manifest.OpenClip.Vision.ImageSize).to(precision);
        Tensor tokens = networks.Resampler.Forward(networks.Vision.Tokens(pixels)); // (1, 16 T, width)
        if (manifest.Resampler.VideoLength is { } length && frames < length) tokens = tokens.narrow(1, 0, TokensPerFrame * frames).contiguous();
        return tokens.MoveToOuterDisposeScope();
    }
}
