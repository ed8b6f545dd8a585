using Cil.Training.Datasets;

namespace Cil.Training.Tests.Datasets;

public sealed class SpriteDatasetTests
{
    [Fact]
    public void Draw_OfTheSameIndex_GivesTheSameClipInAnyOrder()
    {
        SpriteDataset first = Dataset(SpriteSplit.Train, SpriteMotions.All);
        SpriteDataset second = Dataset(SpriteSplit.Train, SpriteMotions.All);
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
        SpriteDataset dataset = Dataset(SpriteSplit.Train, [motion]);
        for (int i = 0; i < 8; i++)
        {
            SpriteClip clip = dataset.Draw(i);
            (double fromX, double fromY) = Centre(clip, 0);
            (double toX, double toY) = Centre(clip, 8);
            Assert.InRange(((toX - fromX) * x) + ((toY - fromY) * y), 6, 13);
            Assert.InRange(Math.Abs(((toX - fromX) * y) + ((toY - fromY) * x)), 0, 1.5);
            Assert.Contains(SpriteMotions.Phrases(motion), p => clip.Caption.EndsWith(p, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(SpriteMotion.PanLeft, 1, 0)]
    [InlineData(SpriteMotion.PanRight, -1, 0)]
    [InlineData(SpriteMotion.PanUp, 0, 1)]
    [InlineData(SpriteMotion.PanDown, 0, -1)]
    public void Draw_OfAPanningCamera_MovesSpriteAndGroundTogetherTheOtherWay(SpriteMotion motion, int x, int y)
    {
        SpriteDataset dataset = Dataset(SpriteSplit.Train, [motion]);
        for (int i = 0; i < 8; i++)
        {
            SpriteClip clip = dataset.Draw(i);
            (double fromX, double fromY) = Centre(clip, 0);
            (double toX, double toY) = Centre(clip, 8);
            double moved = ((toX - fromX) * x) + ((toY - fromY) * y);
            Assert.InRange(moved, 6, 13);
            Assert.InRange(Math.Abs(((toX - fromX) * y) + ((toY - fromY) * x)), 0, 1.5);
            Assert.InRange(GroundChange(clip, 8, (int)Math.Round(moved) * x, (int)Math.Round(moved) * y), 0, 6);
        }
    }

    [Theory]
    [InlineData(SpriteMotion.ZoomIn, 2.3, 2.9)]
    [InlineData(SpriteMotion.ZoomOut, 0.3, 0.42)]
    public void Draw_OfAZoomingCamera_ScalesTheSprite(SpriteMotion motion, double least, double most)
    {
        SpriteDataset dataset = Dataset(SpriteSplit.Train, [motion], SpriteGroundKind.Plain);
        IEnumerable<double> ratios = Enumerable.Range(0, 8)
            .Select(i => dataset.Draw(i))
            .Select(clip => Area(clip, clip.FrameCount - 1) / Area(clip, 0));
        // The area goes with the square of the scale; sprites near the edge leave the frame in part.
        Assert.InRange(ratios.Max(), least, most);
    }

    [Fact]
    public void Draw_OfACameraOverAPhotograph_NeverLooksBeyondIt()
    {
        byte[] pixels = Enumerable.Repeat((byte)200, 100 * 60 * 4).ToArray();
        for (int i = 3; i < pixels.Length; i += 4) pixels[i] = 255;
        var photograph = new PictureLayer(new Picture { Width = 100, Height = 60, Pixels = pixels });
        var dataset = new SpriteDataset(
            new SpriteAssets([new Sprite("block", Block(0), SpriteSplit.Train)], [(photograph, SpriteSplit.Train)]),
            new SpriteOptions
            {
                Grounds = [SpriteGroundKind.Photograph],
                Motions = [SpriteMotion.PanLeft, SpriteMotion.PanDown, SpriteMotion.ZoomOut, SpriteMotion.ZoomIn],
            });
        for (int i = 0; i < 20; i++)
        {
            // Green of the ground is 200 everywhere and 0 in the sprite: black beyond the photograph would be dark in red as well.
            SpriteClip clip = dataset.Draw(i);
            for (int at = 0; at < clip.Frames.Length; at += 3)
                Assert.True(clip.Frames[at] >= 190, $"clip {i} ({clip.Motion}): pixel {at / 3} is {clip.Frames[at]}");
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
        ArgumentException e = Assert.Throws<ArgumentException>(options.Validate);
        Assert.Contains("frames: expected 2…256, got 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("size: expected 16…512 pixels, got 8", e.Message, StringComparison.Ordinal);
        Assert.Contains("motions", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFolderWithoutEmoji_NamesThePackage()
    {
        SpriteAssetsException e = Assert.Throws<SpriteAssetsException>(() => SpriteAssets.Load(Path.GetTempPath(), null));
        Assert.Contains("emoji-datasource-google", e.Message, StringComparison.Ordinal);
    }

    // Pure magenta: no ground is so bright in red and blue and so dark in green.
    private static SpriteDataset Dataset(SpriteSplit split, IReadOnlyList<SpriteMotion> motions, params SpriteGroundKind[] grounds)
    {
        var sprites = new[] { SpriteSplit.Train, SpriteSplit.HeldOut }
            .SelectMany(s => Enumerable.Range(0, 3).Select(i => new Sprite($"{s} block {i}", Block((byte)(i * 20)), s))).ToList();
        return new SpriteDataset(new SpriteAssets(sprites, []), new SpriteOptions
        {
            Split = split, Motions = motions, Seed = 5, Grounds = grounds.Length > 0 ? grounds : new SpriteOptions().Grounds,
        });
    }

    private static PictureLayer Block(byte green)
    {
        byte[] pixels = new byte[64 * 64 * 4];
        for (int i = 0; i < pixels.Length; i += 4) (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (255, green, 255, 255);

        return new PictureLayer(new Picture { Width = 64, Height = 64, Pixels = pixels });
    }

    private static bool IsSprite(SpriteClip clip, int at) =>
        clip.Frames[at] > 180 && clip.Frames[at + 2] > 180 && clip.Frames[at + 1] < 100;

    private static double Area(SpriteClip clip, int frame)
    {
        int bytes = clip.Size * clip.Size * 3;
        return Enumerable.Range(0, clip.Size * clip.Size).Count(i => IsSprite(clip, (frame * bytes) + (i * 3)));
    }

    // Mean difference between the first frame's middle and where it should be later; the sprite is left out.
    private static double GroundChange(SpriteClip clip, int frame, int x, int y)
    {
        double sum = 0, count = 0;
        for (int row = 16; row < clip.Size - 16; row++)
        {
            for (int column = 16; column < clip.Size - 16; column++)
            {
                int from = ((row * clip.Size) + column) * 3;
                int to = ((((frame * clip.Size) + row + y) * clip.Size) + column + x) * 3;
                if (IsSprite(clip, from) || IsSprite(clip, to)) continue;
                for (int c = 0; c < 3; c++) (sum, count) = (sum + Math.Abs(clip.Frames[from + c] - clip.Frames[to + c]), count + 1);
            }
        }

        return count == 0 ? 0 : sum / count;
    }

    private static (double X, double Y) Centre(SpriteClip clip, int frame)
    {
        double sum = 0, sumX = 0, sumY = 0;
        for (int y = 0; y < clip.Size; y++)
        {
            for (int x = 0; x < clip.Size; x++)
            {
                int at = ((((frame * clip.Size) + y) * clip.Size) + x) * 3;
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
