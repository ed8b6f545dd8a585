using Cil.Media.Motion;
using Cil.Training.Datasets;

namespace Cil.Evaluation.Tests.Motion;

/// <summary>The motion measure against the flow that the generator of clips knows.</summary>
public sealed class TrueFlowTests
{
    private const int Clips = 80;

    [Fact]
    public void Flow_OfGeneratedClips_FollowsTheTrueFlow()
    {
        SpriteDataset dataset = Dataset(SpriteMotions.All, (0, 24));
        (double True, double Measured)[] pairs =
        [
            .. Enumerable.Range(0, Clips).AsParallel().AsOrdered()
                .Select(
                    i => (dataset.MeanFlow(
                        i), MotionMeter.Measure(dataset.Draw(i).Frames, dataset.Options.Size, dataset.Options.Size).Flow)),
        ];

        double correlation = Correlation([.. pairs.Select(pair => pair.True)], [.. pairs.Select(pair => pair.Measured)]);

        Assert.True(correlation >= 0.95, $"r = {correlation:F3} over {Clips} clips");
        Assert.InRange(pairs.Average(pair => pair.Measured) / pairs.Average(pair => pair.True), 0.7, 1.2);
    }

    [Fact]
    public void MeanFlow_OfAPan_IsItsTravelEverywhere() =>
        Assert.Equal(15 / 15.0, Dataset([SpriteMotion.PanLeft], (15, 15)).MeanFlow(0), 1e-6);

    [Fact]
    public void MeanFlow_OfASpriteThatMoves_IsItsTravelOnItsShareOfTheFrame()
    {
        // The sprite's 24 pixels are a circle.
        Assert.Equal(Math.PI * 12 * 12 / (64 * 64), Dataset([SpriteMotion.MoveUp], (15, 15), spriteSize: 24).MeanFlow(0), 0.01);
    }

    private static double Correlation(double[] x, double[] y)
    {
        (double meanX, double meanY) = (x.Average(), y.Average());
        double both = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return both / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }

    // A disc with a pattern that turning and growing show on, over ground whose motion can be seen: on a plain one there is nothing to see.
    private static SpriteDataset Dataset(IReadOnlyList<SpriteMotion> motions, (double, double) travel, double? spriteSize = null)
    {
        const int Side = 64;
        byte[] disc = Pixels(
            Side,
            Side,
            (x, y) => (Math.Sin(x * 0.5) * Math.Cos(y * 0.7), Math.Sqrt(((x - 31.5) * (x - 31.5)) + ((y - 31.5) * (y - 31.5))) <= 32));
        byte[] land = Pixels(
            256,
            256,
            (x, y) => ((0.5 * Math.Sin((x * 0.09) + (y * 0.05))) + (0.4 * Math.Cos((y * 0.13) - (x * 0.07)))
                + (0.2 * Math.Sin((x * 0.31) + (y * 0.21))), true));
        var sprite = new Sprite("disc", new PictureLayer(new Picture { Width = Side, Height = Side, Pixels = disc }), SpriteSplit.Train);
        (PictureLayer, SpriteSplit Train) photograph =
            (new PictureLayer(new Picture { Width = 256, Height = 256, Pixels = land }), SpriteSplit.Train);
        return new SpriteDataset(new SpriteAssets([sprite], [photograph]), new SpriteOptions
        {
            Seed = 3, Motions = motions, Travel = travel, Grounds = [SpriteGroundKind.Photograph],
            SpriteSize = spriteSize is { } size ? (size, size) : (22, 30),
        });
    }

    private static byte[] Pixels(int width, int height, Func<int, int, (double Value, bool IsThere)> of)
    {
        byte[] pixels = new byte[width * height * 4];
        for (int i = 0; i < width * height; i++)
        {
            (double value, bool isThere) = of(i % width, i / width);
            byte grey = (byte)Math.Clamp(128 + (100 * value), 0, 255);
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) =
                (grey, grey, (byte)(255 - grey), (byte)(isThere ? 255 : 0));
        }

        return pixels;
    }
}
