namespace Cil.Training.Datasets;

/// <summary>What <see cref="SpriteDataset"/> draws. Lengths are in pixels of the frame.</summary>
public sealed record SpriteOptions
{
    public ulong Seed { get; init; } = 1;

    public SpriteSplit Split { get; init; } = SpriteSplit.Train;

    /// <summary>Frames of a clip; the first is the conditional image.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>Height and width of a frame.</summary>
    public int Size { get; init; } = 64;

    /// <summary>The motions, drawn with equal chances; repeat one to draw it more often.</summary>
    public IReadOnlyList<SpriteMotion> Motions { get; init; } = SpriteMotions.Directions;

    /// <summary>The grounds, drawn with equal chances; repeat one to draw it more often.</summary>
    public IReadOnlyList<SpriteGroundKind> Grounds { get; init; } =
        [SpriteGroundKind.Plain, SpriteGroundKind.Gradient, SpriteGroundKind.Texture, SpriteGroundKind.Photograph];

    /// <summary>How far a moving sprite goes in the whole clip.</summary>
    public (double Low, double High) Travel { get; init; } = (14, 16);

    /// <summary>How strong motions are, in place of <see cref="Travel"/>; null for motions that are all as strong.</summary>
    public SpriteStrength? Strength { get; init; }

    /// <summary>Share of captions that name the thing and no motion.</summary>
    public double NamesOnly { get; init; }

    /// <summary>Width of the sprite in the first frame.</summary>
    public (double Low, double High) SpriteSize { get; init; } = (22, 30);

    /// <summary>Chance of the plainest caption ("a red apple moving to the left"); otherwise another way to say the same.</summary>
    public double PlainCaptions { get; init; } = 0.7;

    /// <exception cref="ArgumentException">Lists every fault.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        if (Frames is < 2 or > 256) faults.Add($"frames: expected 2…256, got {Frames}");

        if (Size is < 16 or > 512) faults.Add($"size: expected 16…512 pixels, got {Size}");

        if (Motions.Count == 0) faults.Add("motions: expected at least one");

        if (Grounds.Count == 0) faults.Add("grounds: expected at least one");

        if (SpriteSize.Low < 4 || SpriteSize.High < SpriteSize.Low || SpriteSize.High > Size)
        {
            faults.Add($"sprite size: expected 4 ≤ low ≤ high ≤ {Size}, got {SpriteSize.Low}…{SpriteSize.High}");
        }

        if (!(NamesOnly is >= 0 and <= 1)) faults.Add($"names only: expected 0…1, got {NamesOnly}");

        if (Strength is not null) faults.AddRange(Strength.Faults());

        if (faults.Count > 0) throw new ArgumentException(string.Join("; ", faults));
    }
}
