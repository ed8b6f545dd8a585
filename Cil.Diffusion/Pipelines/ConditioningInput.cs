namespace Cil.Diffusion.Pipelines;

/// <summary>The picture and words of a render.</summary>
public sealed record ConditioningInput
{
    /// <summary>RGB24, row-major, Height × Width × 3 bytes, already cropped and scaled.</summary>
    public required byte[] Image { get; init; }

    public required int Height { get; init; }

    public required int Width { get; init; }

    public required string Prompt { get; init; }

    public string NegativePrompt { get; init; } = "";

    /// <summary>The frame rate (or stride) that the network is told.</summary>
    public required int Fps { get; init; }

    /// <summary>The motion bucket that Stable Video Diffusion is told; null for the model's.</summary>
    public double? MotionBucket { get; init; }

    /// <summary>Deviation of the noise on its picture; null for the model's.</summary>
    public double? NoiseAugmentation { get; init; }

    /// <summary>
    /// How strong <see cref="LowPassGuidance"/> is, which sees the image without its fine detail as well; null without.
    /// </summary>
    public double? LowPassStrength { get; init; }

    /// <summary>1 to the model's frames of one window.</summary>
    public required int Frames { get; init; }

    public required ulong Seed { get; init; }

    public int Window { get; init; }
}
