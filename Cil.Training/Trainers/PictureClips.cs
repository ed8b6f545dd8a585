using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>A data set encoded once for Stable Video Diffusion, which is told a picture and no words.</summary>
public sealed class PictureClips : IDisposable
{
    /// <summary>Scaled latents of the clips, (N, T, C, h, w), float32.</summary>
    public required Tensor Latents { get; init; }

    /// <summary>Mean of the first frames' posteriors, not scaled, (N, C, h, w).</summary>
    public required Tensor Mean { get; init; }

    /// <summary>Logarithm of their variance, (N, C, h, w).</summary>
    public required Tensor LogVariance { get; init; }

    /// <summary>First frames in [-1, 1], (N, 3, H, W): naive fine-tuning puts noise on their pixels.</summary>
    public required Tensor Pictures { get; init; }

    /// <summary>The image tower's token of the first frames, (N, 1, width).</summary>
    public required Tensor Tokens { get; init; }

    /// <summary>Frames a second, (N), int64.</summary>
    public required Tensor Fps { get; init; }

    public long Count => Latents.size(0);

    public void Dispose()
    {
        foreach (Tensor tensor in (Tensor[])[Latents, Mean, LogVariance, Pictures, Tokens, Fps]) tensor.Dispose();
    }
}
