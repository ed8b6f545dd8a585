using Cil.Training.Datasets;

namespace Cil.Training.Tests.Datasets;

public sealed class SpriteStrengthTests
{
    private const int Clips = 600;

    [Theory]
    [InlineData(0.25, 2, 24, true)]
    [InlineData(0.6, 1, 8, true)]
    [InlineData(0, 8, 24, false)]
    public void Draw_OfAStrength_GivesItsShareOfStillClipsAndItsRange(double still, double low, double high, bool logarithmic)
    {
        SpriteDataset dataset = Dataset(
            [SpriteMotion.PanLeft], new SpriteStrength { Still = still, Range = (low, high), IsLogarithmic = logarithmic });

        // A pan moves every pixel by its strength over the clip.
        double[] strengths = [.. Enumerable.Range(0, Clips).Select(i => dataset.MeanFlow(i) * (dataset.Options.Frames - 1))];

        double[] moving = [.. strengths.Where(strength => strength > 1e-9)];
        Assert.Equal(still, 1 - ((double)moving.Length / Clips), 0.1);
        Assert.All(moving, strength => Assert.InRange(strength, low - 1e-6, high + 1e-6));
        double middle = logarithmic ? Math.Sqrt(low * high) : (low + high) / 2;
        Assert.InRange((double)moving.Count(strength => strength < middle) / moving.Length, 0.38, 0.62);
    }

    [Fact]
    public void Draw_OfAStillClip_IsItsFirstFrameThroughout_AndIsCalledStill()
    {
        SpriteDataset dataset = Dataset(SpriteMotions.All, new SpriteStrength { Still = 1, Range = (2, 24) });
        for (int i = 0; i < 20; i++)
        {
            SpriteClip clip = dataset.Draw(i);
            Assert.All(clip.Frames.Chunk(clip.FirstFrame.Length), frame => Assert.True(clip.FirstFrame.SequenceEqual(frame)));
            Assert.EndsWith("standing still", clip.Caption, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Draw_OfOneSceneInOtherMotions_BeginsAlike()
    {
        SpriteDataset dataset = Dataset(SpriteMotions.All, SpriteStrength.Base);
        for (int i = 0; i < 5; i++)
        {
            byte[] first = dataset.Draw(i).FirstFrame.ToArray();
            Assert.All(
                SpriteMotions.All,
                motion => Assert.True(
                    dataset.Draw(i, motion).FirstFrame.SequenceEqual(first), $"clip {i}, {motion}: the picture tells the motion"));
        }
    }

    [Fact]
    public void Captions_WithNamesOnly_SayNoMotionInThatShare()
    {
        var dataset = new SpriteDataset(Assets(), new SpriteOptions { NamesOnly = 0.5 });
        Assert.Equal(0.5, Enumerable.Range(0, Clips).Count(i => dataset.Draw(i).Caption == "a disc") / (double)Clips, 0.1);
    }

    [Fact]
    public void Options_WithAStrengthOutOfRange_NameBothSides()
    {
        var options = new SpriteOptions { NamesOnly = 2, Strength = new SpriteStrength { Still = -1, Range = (4, 99) } };
        string message = Assert.Throws<ArgumentException>(options.Validate).Message;
        Assert.Contains("names only: expected 0…1, got 2", message, StringComparison.Ordinal);
        Assert.Contains("still: expected 0…1, got -1", message, StringComparison.Ordinal);
        Assert.Contains("strength: expected 0 < low ≤ high ≤ 24, got 4…99", message, StringComparison.Ordinal);
    }

    private static SpriteDataset Dataset(IReadOnlyList<SpriteMotion> motions, SpriteStrength strength) =>
        new(
            Assets(),
            new SpriteOptions { Seed = 3, Frames = 2, Motions = motions, Strength = strength, Grounds = [SpriteGroundKind.Photograph] });

    private static SpriteAssets Assets() => new(
        [new Sprite("disc", Layer(64, 200), SpriteSplit.Train)],
        [(Layer(256, 90), SpriteSplit.Train)]);

    private static PictureLayer Layer(int side, byte grey)
    {
        byte[] pixels = new byte[side * side * 4];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = i % 4 == 3 ? (byte)255 : (byte)(grey + (i / 4 % 31) + (i / 4 / side % 17));
        return new PictureLayer(new Picture { Width = side, Height = side, Pixels = pixels });
    }
}
