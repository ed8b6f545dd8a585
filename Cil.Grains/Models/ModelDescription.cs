using Cil.Interfaces.Chunks;

namespace Cil.Grains.Models;

/// <summary>What planning needs to know of a model; no tensor in it.</summary>
public sealed record ModelDescription
{
    private const int MaxPixels = 4096;

    public required string Name { get; init; }

    /// <summary>Frames of one window.</summary>
    public required int Frames { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Width and height must be multiples of this.</summary>
    public required int SizeMultiple { get; init; }

    public required int Steps { get; init; }

    public required double Guidance { get; init; }

    public required int Start { get; init; }

    /// <summary>M that was chosen by the model's leakage; null where it was not measured.</summary>
    public int? AutomaticStart { get; init; }

    /// <summary>The highest M that sampling can start from.</summary>
    public int HighestStart { get; init; } = 1000;

    /// <summary>The most steps there can be; null where M, the number of times, is the limit.</summary>
    public int? StepLimit { get; init; }

    /// <summary>Frames that must be decoded together, since they are seen together; null where each is decoded by itself.</summary>
    public int? DecodeChunk { get; init; }

    public required int PlaybackFps { get; init; }

    /// <summary>Whether the model brings Analytic-Init statistics, which fit its own size and frame count.</summary>
    public required bool HasStatistics { get; init; }

    /// <summary>Whether the network is told a motion bucket and the noise on its image (Stable Video Diffusion).</summary>
    public bool HasMotionBucket { get; init; }

    /// <summary>Whether image and prompt can be guided apart (DynamiCrafter, VideoCrafter1).</summary>
    public bool GuidesImageApart { get; init; }

    /// <summary>About the device memory that a plan takes at its peak, in bytes; null where nobody can say.</summary>
    public Func<RenderPlan, long>? PeakBytes { get; init; }

    /// <summary>Tokens of a text, without those for its start and end; null where the model reads no words.</summary>
    public Func<string, int>? CountTokens { get; init; }

    /// <summary>The most tokens of a prompt.</summary>
    public int MostTokens { get; init; } = int.MaxValue;

    /// <summary>
    /// Why the networks cannot be run at a width or height in pixels: which fit, and which was asked for. Null where they can.
    /// </summary>
    public string? SideError(int pixels) => pixels >= SizeMultiple && pixels <= MaxPixels && pixels % SizeMultiple == 0
        ? null
        : $"width and height must be multiples of {SizeMultiple} from {SizeMultiple} to {MaxPixels}, got {pixels}; "
            + $"{Name} was trained at {Width}x{Height}";
}
