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
    /// <param name="strength">Its strength in the place of the one that is drawn; of a data set that has strengths.</param>
    public SpriteClip Draw(long index, SpriteMotion? instead = null, double? strength = null)
    {
        (SpriteMotion motion, Sprite sprite, string caption, SpriteGround ground, SpritePath path) = Scene(index, instead, strength);
        float[] still = ground.Frame(SpriteCamera.Still);
        byte[] frames = new byte[Options.Frames * still.Length];
        for (int t = 0; t < Options.Frames; t++)
        {
            double share = t / (Options.Frames - 1.0);
            SpriteCamera camera = path.CameraAt(share);
            float[] frame = camera == SpriteCamera.Still ? (float[])still.Clone() : ground.Frame(camera);
            SpritePose pose = path.At(share);
            (double x, double y) = camera.ToFrame(pose.X, pose.Y, Options.Size / 2.0);
            sprite.Picture.DrawOver(frame, Options.Size, Options.Size, x, y, pose.Size * camera.Zoom, pose.Angle);
            Span<byte> target = frames.AsSpan(t * frame.Length, frame.Length);
            for (int i = 0; i < frame.Length; i++) target[i] = (byte)Math.Clamp(frame[i] + 0.5f, 0, 255);
        }

        return new SpriteClip
        {
            Frames = frames,
            FrameCount = Options.Frames,
            Size = Options.Size,
            Caption = caption,
            SpriteName = sprite.Name,
            Category = sprite.Category,
            Motion = motion,
        };
    }

    /// <summary>
    /// How much clip number <paramref name="index"/> moves: mean length over all pixels and pairs of frames of its true flow,
    /// in pixels.
    /// </summary>
    /// <inheritdoc cref="Draw"/>
    public double MeanFlow(long index, SpriteMotion? instead = null)
    {
        (_, Sprite sprite, _, _, SpritePath path) = Scene(index, instead);
        (double centre, double sum) = (Options.Size / 2.0, 0);
        for (int t = 0; t < Options.Frames - 1; t++)
        {
            (double now, double next) = (t / (Options.Frames - 1.0), (t + 1) / (Options.Frames - 1.0));
            (SpriteCamera camera, SpriteCamera later) = (path.CameraAt(now), path.CameraAt(next));
            (SpritePose pose, SpritePose moved) = (Seen(path.At(now), camera), Seen(path.At(next), later));
            float[] covered = new float[Options.Size * Options.Size * 3];
            Array.Fill(covered, 255);
            float[] black = new float[covered.Length];
            sprite.Picture.DrawOver(covered, Options.Size, Options.Size, pose.X, pose.Y, pose.Size, pose.Angle);
            sprite.Picture.DrawOver(black, Options.Size, Options.Size, pose.X, pose.Y, pose.Size, pose.Angle);
            (double sin, double cos) = Math.SinCos(moved.Angle - pose.Angle);
            double grown = moved.Size / pose.Size;
            for (int i = 0; i < Options.Size * Options.Size; i++)
            {
                (double x, double y) = ((i % Options.Size) + 0.5, (i / Options.Size) + 0.5);
                // White and black ground differ by what is seen through.
                bool isSprite = covered[3 * i] - black[3 * i] < 127;
                (double dx, double dy) = (x - pose.X, y - pose.Y);
                (double sceneX, double sceneY) = camera.ToScene(x, y, centre);
                (double toX, double toY) = isSprite
                    ? (moved.X + (grown * ((dx * cos) - (dy * sin))), moved.Y + (grown * ((dx * sin) + (dy * cos))))
                    : later.ToFrame(sceneX, sceneY, centre);
                sum += Math.Sqrt(((toX - x) * (toX - x)) + ((toY - y) * (toY - y)));
            }
        }

        return sum / ((Options.Frames - 1) * Options.Size * Options.Size);

        SpritePose Seen(SpritePose pose, SpriteCamera camera)
        {
            (double x, double y) = camera.ToFrame(pose.X, pose.Y, centre);
            return new SpritePose(x, y, pose.Size * camera.Zoom, pose.Angle);
        }
    }

    private (SpriteMotion Motion, Sprite Sprite, string Caption, SpriteGround Ground, SpritePath Path) Scene(
        long index, SpriteMotion? instead, double? given = null)
    {
        var random = new SpriteRandom(Options.Seed, (ulong)index);
        SpriteMotion drawn = Options.Motions[random.Index(Options.Motions.Count)];
        SpriteMotion motion = instead ?? drawn;
        Sprite sprite = sprites[random.Index(sprites.Count)];
        double? strength = Options.Strength?.Draw(ref random) is { } own ? given ?? own : null;
        string caption = Caption(sprite.Name, motion, strength == 0, ref random);
        // A number more where it is needed: without, clips are what they always were.
        if (Options.NamesOnly > 0 && random.NextDouble() < Options.NamesOnly) caption = Named(sprite.Name);
        var ground = SpriteGround.Draw(motion, assets, Options, ref random);
        return (motion, sprite, caption, ground, SpritePath.Draw(motion, Options, strength, ref random));
    }

    private string Caption(string name, SpriteMotion motion, bool isStill, ref SpriteRandom random)
    {
        IReadOnlyList<string> phrases = SpriteMotions.Phrases(motion);
        bool plain = random.NextDouble() < Options.PlainCaptions;
        string phrase = plain ? phrases[0] : phrases[random.Index(phrases.Count)];
        return $"{Named(name)} {(isStill ? "standing still" : phrase)}";
    }

    private static string Named(string name) => $"{(name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {name}";
}
