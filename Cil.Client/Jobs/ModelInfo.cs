namespace Cil.Client.Jobs;

/// <summary>A model, and what a request leaves to it.</summary>
/// <param name="Width">In pixels, as it was trained.</param>
/// <param name="Height">In pixels, as it was trained.</param>
/// <param name="SizeMultiple">What width and height are multiples of.</param>
/// <param name="Frames">That it makes at once.</param>
/// <param name="PlaybackFps">Frames a second of the video file.</param>
public sealed record ModelInfo(
    string Name, int Width, int Height, int SizeMultiple, int Frames, int PlaybackFps, int Steps, double Guidance, int Start)
{
    /// <summary>What it makes, in a sentence.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The settings of the paper's table that its weights are for.</summary>
    public IReadOnlyList<ModelPreset> Presets { get; init; } = [];
}
