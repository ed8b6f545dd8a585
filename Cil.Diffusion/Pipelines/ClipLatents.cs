using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>Latents of a data set's clips: posterior samples, as Analytic-Init's statistics are taken over.</summary>
internal static class ClipLatents
{
    // Frames that go through the encoder together: fixed, since rounding can depend on it.
    private const int FramesAtOnce = 4;

    /// <param name="posterior">Mean and log variance of pictures (n, 3, H, W) in [-1, 1], each (n, C, h, w), float32.</param>
    /// <param name="frames">RGB24, count × height × width × 3 bytes.</param>
    /// <param name="clip">The clip's number in its data set; with the seed it decides the samples.</param>
    /// <returns>(C, T, h, w), float32, without scaling factor.</returns>
    internal static Tensor Encode(
        Func<Tensor, (Tensor Mean, Tensor LogVariance)> posterior, byte[] frames,
        int count, int height, int width, ulong seed, int clip, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = Pixels.ToTensor(frames, count, height, width); // (T, 3, H, W)
        var parts = new List<Tensor>();
        for (int first = 0; first < count; first += FramesAtOnce)
        {
            (Tensor mean, Tensor logVariance) = posterior(pixels.narrow(0, first, Math.Min(FramesAtOnce, count - first)).to(device));
            parts.Add(cat([mean, logVariance], 1));
        }

        Tensor[] moments = cat(parts, 0).chunk(2, 1); // each (T, C, h, w)
        Tensor noise = CounterNoise.Draw(seed, window: 0, NoisePurpose.Dataset, clip, moments[0].shape).to(device);
        return Sample(moments[0], moments[1], noise).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>mean + exp(logVariance / 2) · noise.</summary>
    internal static Tensor Sample(Tensor mean, Tensor logVariance, Tensor noise)
    {
        using DisposeScope scope = NewDisposeScope();
        return (mean + ((logVariance * 0.5).exp() * noise)).MoveToOuterDisposeScope();
    }
}
