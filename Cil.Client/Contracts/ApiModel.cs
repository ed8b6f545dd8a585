namespace Cil.Client.Contracts;

/// <summary>A model that the service renders with, and what a request leaves to it.</summary>
public sealed record ApiModel
{
    public required string Name { get; init; }

    /// <summary>What it makes, in a sentence.</summary>
    public string Summary { get; init; } = "";

    /// <summary>In pixels, as it was trained.</summary>
    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>What width and height are multiples of.</summary>
    public int SizeMultiple { get; init; }

    /// <summary>That it makes at once.</summary>
    public int Frames { get; init; }

    /// <summary>Frames a second of the video file.</summary>
    public int PlaybackFps { get; init; }

    /// <summary>Denoising steps.</summary>
    public int Steps { get; init; }

    /// <summary>Classifier-free guidance scale.</summary>
    public double Guidance { get; init; }

    /// <summary>M: the time that sampling starts from.</summary>
    public int Start { get; init; }

    /// <summary>The settings of the paper's table that its weights are for.</summary>
    public IReadOnlyList<ApiPreset> Presets { get; init; } = [];
}
