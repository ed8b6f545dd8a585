using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>A data set encoded once: nothing that is frozen is computed again in training.</summary>
public sealed class LatentClips : IDisposable
{
    /// <summary>Scaled latents of the clips, (N, C, T, h, w), float32.</summary>
    public required Tensor Latents { get; init; }

    /// <summary>Text features, (N, 77, width), float32.</summary>
    public required Tensor Text { get; init; }

    /// <summary>Features of the empty prompt, (1, 77, width).</summary>
    public required Tensor EmptyText { get; init; }

    /// <summary>
    /// All tokens of the image tower for the frames that may be the condition, (N, K, n, width): K = 1 for the first frame
    /// only, or K = T for any of them.
    /// </summary>
    public required Tensor ImageTokens { get; init; }

    /// <summary>The tower's tokens for the image of zeros, (1, n, width).</summary>
    public required Tensor EmptyImageTokens { get; init; }

    /// <summary>Frames a second (or frame stride), the same for all clips.</summary>
    public required long Fps { get; init; }

    /// <summary>The same for each clip, (N), int64; null where all have <see cref="Fps"/>.</summary>
    public Tensor? ClipFps { get; init; }

    public long Count => Latents.size(0);

    /// <summary>K: how many of the first frames may be the condition.</summary>
    public long ConditionFrames => ImageTokens.size(1);

    public void Dispose()
    {
        foreach (Tensor tensor in (Tensor[])[Latents, Text, EmptyText, ImageTokens, EmptyImageTokens]) tensor.Dispose();
        ClipFps?.Dispose();
    }
}
