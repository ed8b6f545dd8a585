using Cil.Evaluation.Motion;
using Cil.Training.Datasets;

namespace Cil.Evaluation.Tests.Motion;

public sealed class MotionTrialsTests
{
    private static readonly SpriteDataset Dataset = Draws(MotionTrials.Grounds);

    public static TheoryData<SpriteMotion> Motions => [.. SpriteMotions.All];

    [Theory]
    [MemberData(nameof(Motions))]
    public void Nearest_OfADrawnClip_IsItsMotion_AlsoWithNoise(SpriteMotion motion)
    {
        for (int index = 0; index < 3; index++)
        {
            byte[] video = Dataset.Draw(index, motion).Frames;
            var random = new Random(index);
            for (int i = 0; i < video.Length; i++) video[i] = (byte)Math.Clamp(video[i] + random.Next(-30, 31), 0, 255);
            Assert.Equal(motion, MotionTrials.Nearest(video, Dataset, index));
        }
    }

    [Fact]
    public void Draw_InAnotherMotion_IsTheSameScene()
    {
        SpriteClip asked = Dataset.Draw(4), other = Dataset.Draw(4, SpriteMotion.ZoomIn);
        Assert.True(asked.FirstFrame.SequenceEqual(other.FirstFrame));
        Assert.Equal(asked.SpriteName, other.SpriteName);
        Assert.Equal(SpriteMotion.ZoomIn, other.Motion);
    }

    // An L: it looks different in every direction and turned either way.
    private static SpriteDataset Draws(IReadOnlyList<SpriteGroundKind> grounds)
    {
        const int Side = 64, Arm = 24;
        byte[] pixels = new byte[Side * Side * 4];
        for (int i = 0; i < Side * Side; i++)
        {
            bool inside = i % Side < Arm || i / Side >= Side - Arm;
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) = (255, 0, 255, (byte)(inside ? 255 : 0));
        }

        var sprite = new Sprite(
            "letter", new PictureLayer(new Picture { Width = Side, Height = Side, Pixels = pixels }), SpriteSplit.Train);
        return new SpriteDataset(
            new SpriteAssets([sprite], []), new SpriteOptions { Seed = 5, Motions = SpriteMotions.All, Grounds = grounds });
    }
}
