namespace Cil.Training.Datasets;

/// <summary>What lies behind the sprite: a plain colour, a gradient, a texture or a piece of a photograph.</summary>
internal sealed class SpriteGround
{
    private readonly int size;
    private readonly Action<float[], SpriteCamera> draw;

    private SpriteGround(int size, Action<float[], SpriteCamera> draw) => (this.size, this.draw) = (size, draw);

    /// <summary>Chooses a ground that reaches as far as the motion's camera goes.</summary>
    public static SpriteGround Draw(SpriteMotion motion, SpriteAssets assets, SpriteOptions options, ref SpriteRandom random)
    {
        int size = options.Size;
        switch (options.Grounds[random.Index(options.Grounds.Count)])
        {
            case SpriteGroundKind.Plain:
                (float R, float G, float B) colour = Colour(ref random);
                return Shaded(size, (_, _) => colour);
            case SpriteGroundKind.Gradient:
                return Gradient(size, ref random);
            case SpriteGroundKind.Texture:
                return Texture(size, ref random);
            default:
                var photographs = assets.Photographs.Where(p => p.Split == options.Split).ToList();
                return photographs.Count == 0
                    ? Gradient(size, ref random)
                    : Photograph(size, photographs[random.Index(photographs.Count)].Picture, Margin(motion, options), ref random);
        }
    }

    /// <summary>The ground as the camera sees it: size × size × 3 floats, 0…255.</summary>
    public float[] Frame(SpriteCamera camera)
    {
        float[] frame = new float[size * size * 3];
        draw(frame, camera);
        return frame;
    }

    // How far beyond the first frame's edges the camera looks, in sides of the frame.
    private static double Margin(SpriteMotion motion, SpriteOptions options)
    {
        // Else the first frame would tell which motion comes, and how strong it is.
        if (options.Strength is { } strength) return options.Motions.Max(one => Margin(one, strength));

        if (SpriteMotions.Pan(motion) != (0, 0)) return options.Travel.High / options.Size;
        return Math.Max(0, ((1 / SpriteMotions.Zoom(motion)) - 1) / 2);
    }

    private static double Margin(SpriteMotion motion, SpriteStrength strength) => SpriteMotions.Pan(motion) != (0, 0)
        ? strength.Most / 64
        : Math.Max(0, (Math.Pow(SpriteMotions.Zoom(motion), -strength.Most / SpriteStrength.Unit) - 1) / 2);

    private static (float R, float G, float B) Colour(ref SpriteRandom random) =>
        ((float)random.Range(20, 236), (float)random.Range(20, 236), (float)random.Range(20, 236));

    private static SpriteGround Gradient(int size, ref SpriteRandom random)
    {
        ((float R, float G, float B) from, (float R, float G, float B) to) = (Colour(ref random), Colour(ref random));
        (double sin, double cos) = Math.SinCos(random.Range(0, 2 * Math.PI));
        return Shaded(size, (x, y) => Mix(from, to, 0.5 + (((x - 0.5) * cos) + ((y - 0.5) * sin))));
    }

    // Soft stripes or checks of two near colours.
    private static SpriteGround Texture(int size, ref SpriteRandom random)
    {
        (float R, float G, float B) from = Colour(ref random);
        double shift = random.Range(25, 60);
        var to =
            ((float)(from.R + shift), (float)(from.G + (shift * random.NextDouble())), (float)(from.B - (shift * random.NextDouble())));
        double waves = random.Range(2, 5) * 2 * Math.PI;
        (double sin, double cos) = Math.SinCos(random.Range(0, Math.PI));
        bool checks = random.NextDouble() < 0.5;
        return Shaded(size, (x, y) =>
        {
            double along = Math.Sin(((x * cos) + (y * sin)) * waves);
            double across = checks ? Math.Sin(((y * cos) - (x * sin)) * waves) : 1;
            return Mix(from, to, 0.5 + (0.5 * along * across));
        });
    }

    private static SpriteGround Photograph(int size, PictureLayer picture, double margin, ref SpriteRandom random)
    {
        // The piece shown is between the whole height and a third of it; the camera stays inside the picture.
        double most = Math.Min(picture.Width, picture.Height) / (1 + (2 * margin));
        double piece = random.Range(picture.Height / 3.0, picture.Height * 0.95);
        if (margin > 0) piece = Math.Min(piece, most);
        double scale = size / piece;
        double left = random.Range(margin * piece, picture.Width - piece - (margin * piece));
        double top = random.Range(margin * piece, picture.Height - piece - (margin * piece));
        (double x, double y, double width) =
            (((picture.Width / 2.0) - left) * scale, ((picture.Height / 2.0) - top) * scale, picture.Width * scale);
        return new SpriteGround(size, (frame, camera) =>
        {
            (double centreX, double centreY) = camera.ToFrame(x, y, size / 2.0);
            picture.DrawOver(frame, size, size, centreX, centreY, width * camera.Zoom, 0);
        });
    }

    private static (float R, float G, float B) Mix((float R, float G, float B) a, (float R, float G, float B) b, double share)
    {
        float w = (float)Math.Clamp(share, 0, 1);
        return (a.R + ((b.R - a.R) * w), a.G + ((b.G - a.G) * w), a.B + ((b.B - a.B) * w));
    }

    // The colour is a function of the place, 0…1 over the first frame.
    private static SpriteGround Shaded(int size, Func<double, double, (float R, float G, float B)> colour) => new(size, (frame, camera) =>
    {
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (double sceneX, double sceneY) = camera.ToScene(x, y, (size - 1) / 2.0);
                (float r, float g, float b) = colour(sceneX / (size - 1.0), sceneY / (size - 1.0));
                int at = ((y * size) + x) * 3;
                (frame[at], frame[at + 1], frame[at + 2]) = (Math.Clamp(r, 0, 255), Math.Clamp(g, 0, 255), Math.Clamp(b, 0, 255));
            }
        }
    });
}
