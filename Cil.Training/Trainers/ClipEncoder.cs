using Cil.Diffusion.Autoencoders;
using Cil.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>Encodes clips into latents: posterior samples, as DynamiCrafter trains on.</summary>
public static class ClipEncoder
{
    // Frames at a time: enough to keep the device busy; on the processor few enough to stay in its caches.
    private const int FramesAtOnce = 32, FramesAtOnceOnGpu = 512;

    /// <summary>Encodes clips of one size.</summary>
    /// <param name="clips">RGB24, frames × height × width × 3 bytes each.</param>
    /// <param name="precision">The type that the autoencoder's weights have.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="random">Draws the posterior samples of a clip, by its place in the list.</param>
    /// <returns>Unscaled latents (N, C, T, h, w), float32, on the processor.</returns>
    public static Tensor Encode(
        KlAutoencoder autoencoder, IReadOnlyList<byte[]> clips, int frameCount, int height,
        int width, ScalarType precision, Device device, Func<int, StepRandom> random)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        byte[] bytes = new byte[clips.Count * frameCount * height * width * 3];
        for (int clip = 0; clip < clips.Count; clip++) clips[clip].CopyTo(bytes, clip * clips[clip].Length);

        Tensor pixels = Pixels(bytes, clips.Count * frameCount, height, width); // (N T, 3, H, W)
        List<Tensor> means = [], deviations = [];
        int atOnce = device.type == DeviceType.CPU ? FramesAtOnce : FramesAtOnceOnGpu;
        for (int from = 0; from < pixels.size(0); from += atOnce)
        {
            Tensor part = pixels.narrow(0, from, Math.Min(atOnce, pixels.size(0) - from));
            (Tensor? mean, Tensor? logVariance) = autoencoder.Encode(part.to(device).to(precision));
            means.Add(mean.to(ScalarType.Float32).cpu());
            deviations.Add((logVariance.to(ScalarType.Float32) * 0.5).exp().cpu());
        }

        Tensor all = cat(means, 0);
        IEnumerable<Tensor> noise = Enumerable.Range(0, clips.Count).Select(clip =>
        {
            using StepRandom drawn = random(clip);
            return drawn.Normal([frameCount, .. all.shape[1..]]);
        });
        Tensor sampled = all + (cat(deviations, 0) * cat([.. noise], 0)); // (N T, C, h, w)
        return sampled.view([clips.Count, frameCount, .. all.shape[1..]]).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Bytes to (T, 3, H, W), float32 in [-1, 1].</summary>
    public static Tensor Pixels(byte[] frames, int frameCount, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        return ((tensor(frames).view(frameCount, height, width, 3).permute(0, 3, 1, 2).to(ScalarType.Float32) / 127.5)
            - 1).MoveToOuterDisposeScope();
    }
}
