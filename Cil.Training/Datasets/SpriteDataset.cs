using System.Globalization;

namespace Cil.Training.Datasets;

/// <summary>
/// Clips of emoji in motion. Clip number n of a seed is the same on every machine; clips can be drawn in any order and from
/// any thread.
/// </summary>
public sealed class SpriteDataset
{
    private readonly SpriteAssets assets;
    private readonly List<Sprite> sprites;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SpriteDataset(SpriteAssets assets, SpriteOptions options)
    {
        options.Validate();
        this.assets = assets;
        Options = options;
        sprites = [.. assets.Sprites.Where(s => s.Split == options.Split)];
    }

    public SpriteOptions Options { get; }

    /// <summary>Draws clip number <paramref name="index"/>.</summary>
    /// <param name="instead">The same scene in this motion; null for the one that is drawn.</param>
    public SpriteClip Draw(long index, SpriteMotion? instead = null)
    {
        var random = new SpriteRandom(Options.Seed, (ulong)index);
        SpriteMotion drawn = Options.Motions[random.Index(Options.Motions.Count)];
        SpriteMotion motion = instead ?? drawn;
        Sprite sprite = sprites[random.Index(sprites.Count)];
        var caption = Caption(sprite.Name, motion, ref random);
        var ground = SpriteGround.Draw(motion, assets, Options, ref random);
        var path = SpritePath.Draw(motion, Options, ref random);
        var still = ground.Frame(SpriteCamera.Still);
        var frames = new byte[Options.Frames * still.Length];
        for (var t = 0; t < Options.Frames; t++)
        {
            var share = t / (Options.Frames - 1.0);
            SpriteCamera camera = path.CameraAt(share);
            var frame = camera == SpriteCamera.Still ? (float[])still.Clone() : ground.Frame(camera);
            SpritePose pose = path.At(share);
            (double x, double y) = camera.ToFrame(pose.X, pose.Y, Options.Size / 2.0);
            sprite.Picture.DrawOver(frame, Options.Size, Options.Size, x, y, pose.Size * camera.Zoom, pose.Angle);
            Span<byte> target = frames.AsSpan(t * frame.Length, frame.Length);
            for (var i = 0; i < frame.Length; i++) target[i] = (byte)Math.Clamp(frame[i] + 0.5f, 0, 255);
        }

        return new SpriteClip
        {
            Frames = frames,
            FrameCount = Options.Frames,
            Size = Options.Size,
            Caption = caption,
            SpriteName = sprite.Name,
            Motion = motion,
        };
    }

    private string Caption(string name, SpriteMotion motion, ref SpriteRandom random)
    {
        IReadOnlyList<string> phrases = SpriteMotions.Phrases(motion);
        var plain = random.NextDouble() < Options.PlainCaptions;
        var phrase = plain ? phrases[0] : phrases[random.Index(phrases.Count)];
        var article = name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";
        return string.Create(CultureInfo.InvariantCulture, $"{article} {name} {phrase}");
    }
}
