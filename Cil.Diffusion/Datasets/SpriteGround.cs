namespace Cil.Diffusion.Datasets;

/// <summary>Draws what lies behind the sprite: a plain colour, a gradient, a texture or a piece of a photograph.</summary>
internal static class SpriteGround
{
    /// <summary>A ground of <paramref name="size"/> × <paramref name="size"/> × 3 floats, 0…255.</summary>
    public static float[] Draw(ref SpriteRandom random, SpriteAssets assets, SpriteOptions options)
    {
        var size = options.Size;
        var frame = new float[size * size * 3];
        switch (options.Grounds[random.Index(options.Grounds.Count)])
        {
            case SpriteGroundKind.Plain:
                var colour = Colour(ref random);
                Fill(frame, size, (_, _) => colour);
                break;
            case SpriteGroundKind.Gradient:
                Gradient(frame, size, ref random);
                break;
            case SpriteGroundKind.Texture:
                Texture(frame, size, ref random);
                break;
            default:
                Photograph(frame, size, ref random, assets, options.Split);
                break;
        }

        return frame;
    }

    private static (float R, float G, float B) Colour(ref SpriteRandom random) =>
        ((float)random.Range(20, 236), (float)random.Range(20, 236), (float)random.Range(20, 236));

    private static void Gradient(float[] frame, int size, ref SpriteRandom random)
    {
        var (from, to) = (Colour(ref random), Colour(ref random));
        var (sin, cos) = Math.SinCos(random.Range(0, 2 * Math.PI));
        Fill(frame, size, (x, y) => Mix(from, to, 0.5 + (((x - 0.5) * cos) + ((y - 0.5) * sin))));
    }

    // Soft stripes or checks of two near colours.
    private static void Texture(float[] frame, int size, ref SpriteRandom random)
    {
        var from = Colour(ref random);
        var shift = random.Range(25, 60);
        var to = ((float)(from.R + shift), (float)(from.G + (shift * random.NextDouble())), (float)(from.B - (shift * random.NextDouble())));
        var waves = random.Range(2, 5) * 2 * Math.PI;
        var (sin, cos) = Math.SinCos(random.Range(0, Math.PI));
        var checks = random.NextDouble() < 0.5;
        Fill(frame, size, (x, y) =>
        {
            var along = Math.Sin(((x * cos) + (y * sin)) * waves);
            var across = checks ? Math.Sin(((y * cos) - (x * sin)) * waves) : 1;
            return Mix(from, to, 0.5 + (0.5 * along * across));
        });
    }

    private static void Photograph(float[] frame, int size, ref SpriteRandom random, SpriteAssets assets, SpriteSplit split)
    {
        var photographs = assets.Photographs.Where(p => p.Split == split).ToList();
        if (photographs.Count == 0)
        {
            Gradient(frame, size, ref random);
            return;
        }

        var picture = photographs[random.Index(photographs.Count)].Picture;
        // The piece shown is between the whole height and a third of it; the frame's centre stays far enough inside.
        var piece = random.Range(picture.Height / 3.0, picture.Height * 0.95);
        var scale = size / piece;
        var left = random.Range(0, picture.Width - piece);
        var top = random.Range(0, picture.Height - piece);
        picture.DrawOver(frame, size, size, ((picture.Width / 2.0) - left) * scale, ((picture.Height / 2.0) - top) * scale, picture.Width * scale, 0);
    }

    private static (float R, float G, float B) Mix((float R, float G, float B) a, (float R, float G, float B) b, double share)
    {
        var w = (float)Math.Clamp(share, 0, 1);
        return (a.R + ((b.R - a.R) * w), a.G + ((b.G - a.G) * w), a.B + ((b.B - a.B) * w));
    }

    private static void Fill(float[] frame, int size, Func<double, double, (float R, float G, float B)> colour)
    {
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (r, g, b) = colour(x / (size - 1.0), y / (size - 1.0));
                var at = ((y * size) + x) * 3;
                (frame[at], frame[at + 1], frame[at + 2]) = (Math.Clamp(r, 0, 255), Math.Clamp(g, 0, 255), Math.Clamp(b, 0, 255));
            }
        }
    }
}
