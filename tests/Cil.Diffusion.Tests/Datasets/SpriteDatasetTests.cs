using Cil.Diffusion.Datasets;

namespace Cil.Diffusion.Tests.Datasets;

public sealed class SpriteDatasetTests
{
    [Fact]
    public void Draw_OfTheSameIndex_GivesTheSameClipInAnyOrder()
    {
        var first = Dataset(SpriteSplit.Train, SpriteMotions.All);
        var second = Dataset(SpriteSplit.Train, SpriteMotions.All);
        var forward = Enumerable.Range(0, 6).Select(i => first.Draw(i)).ToList();
        var backward = Enumerable.Range(0, 6).Reverse().Select(i => second.Draw(i)).Reverse().ToList();
        Assert.Equal(forward.Select(c => c.Caption), backward.Select(c => c.Caption));
        Assert.Equal(forward.Select(c => Convert.ToHexString(c.Frames)), backward.Select(c => Convert.ToHexString(c.Frames)));
        Assert.True(forward.Select(c => Convert.ToHexString(c.Frames)).Distinct().Count() == 6);
    }

    [Theory]
    [InlineData(SpriteMotion.MoveLeft, -1, 0)]
    [InlineData(SpriteMotion.MoveRight, 1, 0)]
    [InlineData(SpriteMotion.MoveUp, 0, -1)]
    [InlineData(SpriteMotion.MoveDown, 0, 1)]
    public void Draw_OfAMovingSprite_MovesTheWayTheCaptionSays(SpriteMotion motion, int x, int y)
    {
        var dataset = Dataset(SpriteSplit.Train, [motion]);
        for (var i = 0; i < 8; i++)
        {
            var clip = dataset.Draw(i);
            var (fromX, fromY) = Centre(clip, 0);
            var (toX, toY) = Centre(clip, 8);
            Assert.InRange(((toX - fromX) * x) + ((toY - fromY) * y), 6, 13);
            Assert.InRange(Math.Abs(((toX - fromX) * y) + ((toY - fromY) * x)), 0, 1.5);
            Assert.Contains(SpriteMotions.Phrases(motion), p => clip.Caption.EndsWith(p, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Draw_OfTheTwoSplits_SharesNoSprite()
    {
        var train = Enumerable.Range(0, 40).Select(i => Dataset(SpriteSplit.Train, SpriteMotions.All).Draw(i).SpriteName).ToHashSet();
        var heldOut = Enumerable.Range(0, 40).Select(i => Dataset(SpriteSplit.HeldOut, SpriteMotions.All).Draw(i).SpriteName).ToHashSet();
        Assert.Empty(train.Intersect(heldOut));
    }

    [Fact]
    public void Options_OutOfRange_AreAllListed()
    {
        var options = new SpriteOptions { Frames = 1, Size = 8, Motions = [] };
        var e = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Contains("frames: expected 2…256, got 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("size: expected 16…512 pixels, got 8", e.Message, StringComparison.Ordinal);
        Assert.Contains("motions", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFolderWithoutEmoji_NamesThePackage()
    {
        var e = Assert.Throws<SpriteAssetsException>(() => SpriteAssets.Load(Path.GetTempPath(), null));
        Assert.Contains("emoji-datasource-google", e.Message, StringComparison.Ordinal);
    }

    // Pure magenta: no ground is so bright in red and blue and so dark in green.
    private static SpriteDataset Dataset(SpriteSplit split, IReadOnlyList<SpriteMotion> motions)
    {
        var sprites = new[] { SpriteSplit.Train, SpriteSplit.HeldOut }
            .SelectMany(s => Enumerable.Range(0, 3).Select(i => new Sprite($"{s} block {i}", Block((byte)(i * 20)), s))).ToList();
        return new SpriteDataset(new SpriteAssets(sprites, []), new SpriteOptions { Split = split, Motions = motions, Seed = 5 });
    }

    private static PictureLayer Block(byte green)
    {
        var pixels = new byte[64 * 64 * 4];
        for (var i = 0; i < pixels.Length; i += 4)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (255, green, 255, 255);
        }

        return new PictureLayer(new Picture { Width = 64, Height = 64, Pixels = pixels });
    }

    private static (double X, double Y) Centre(SpriteClip clip, int frame)
    {
        double sum = 0, sumX = 0, sumY = 0;
        for (var y = 0; y < clip.Size; y++)
        {
            for (var x = 0; x < clip.Size; x++)
            {
                var at = ((((frame * clip.Size) + y) * clip.Size) + x) * 3;
                if (clip.Frames[at] > 245 && clip.Frames[at + 2] > 245 && clip.Frames[at + 1] < 60)
                {
                    (sum, sumX, sumY) = (sum + 1, sumX + x, sumY + y);
                }
            }
        }

        Assert.True(sum > 100);
        return (sumX / sum, sumY / sum);
    }
}
