namespace Cil.Grains.Models;

/// <summary>What planning needs to know of a model; no tensor in it.</summary>
public sealed record ModelDescription
{
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

    public required int PlaybackFps { get; init; }

    /// <summary>Whether the model brings Analytic-Init statistics, which fit its own size and frame count.</summary>
    public required bool HasStatistics { get; init; }
}
