using Cil.Diffusion.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Training;

/// <summary>Encodes clips into latents: posterior samples, as DynamiCrafter trains on.</summary>
public static class ClipEncoder
{
    // Frames at a time: enough to keep the processor busy, few enough to stay in its caches.
    private const int FramesAtOnce = 32;

    /// <summary>Encodes one clip.</summary>
    /// <param name="frames">RGB24, frames × size × size × 3 bytes.</param>
    /// <param name="precision">The type that the autoencoder's weights have.</param>
    /// <param name="random">Draws the posterior samples.</param>
    /// <returns>Unscaled latents (C, T, h, w), float32.</returns>
    public static Tensor Encode(KlAutoencoder autoencoder, byte[] frames, int frameCount, int height, int width, ScalarType precision, StepRandom random)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var pixels = Pixels(frames, frameCount, height, width); // (T, 3, H, W)
        var parts = new List<Tensor>();
        for (var from = 0; from < frameCount; from += FramesAtOnce)
        {
            var (mean, logVariance) = autoencoder.Encode(pixels.narrow(0, from, Math.Min(FramesAtOnce, frameCount - from)).to(precision));
            var deviation = (logVariance.to(ScalarType.Float32) * 0.5).exp();
            parts.Add(mean.to(ScalarType.Float32) + (deviation * random.Normal(mean.shape)));
        }

        return cat(parts, 0).transpose(0, 1).contiguous().MoveToOuterDisposeScope(); // (C, T, h, w)
    }

    /// <summary>Bytes to (T, 3, H, W), float32 in [-1, 1].</summary>
    public static Tensor Pixels(byte[] frames, int frameCount, int height, int width)
    {
        using var scope = NewDisposeScope();
        return ((tensor(frames).view(frameCount, height, width, 3).permute(0, 3, 1, 2).to(ScalarType.Float32) / 127.5) - 1).MoveToOuterDisposeScope();
    }
}
