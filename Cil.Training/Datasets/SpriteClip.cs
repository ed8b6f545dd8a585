namespace Cil.Training.Datasets;

/// <summary>A clip drawn by <see cref="SpriteDataset"/>. Frames: RGB24, frames × height × width × 3 bytes.</summary>
public sealed record SpriteClip
{
    public required byte[] Frames { get; init; }

    public required int FrameCount { get; init; }

    public required int Size { get; init; }

    /// <summary>For example "a red apple moving to the left".</summary>
    public required string Caption { get; init; }

    public required string SpriteName { get; init; }

    /// <summary>The sprite's category.</summary>
    public string Category { get; init; } = "";

    public required SpriteMotion Motion { get; init; }

    /// <summary>The first frame, height × width × 3 bytes: the conditional image.</summary>
    public ReadOnlySpan<byte> FirstFrame => Frames.AsSpan(0, Size * Size * 3);
}
