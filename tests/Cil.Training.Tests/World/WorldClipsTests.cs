using Cil.Training.Datasets;
using Cil.Training.World;

namespace Cil.Training.Tests.World;

public sealed class WorldClipsTests
{
    private const int Clips = 100;

    // Of as many frames as the model that is to be fine-tuned makes.
    [Fact]
    public void Web_OfMoreFrames_StandsStillInMostClipsAndNamesTheThingOnly()
    {
        SpriteDataset dataset = WorldClips.Web(WorldTrainerTests.Assets(), 3, frames: 16);
        SpriteClip[] clips = [.. Enumerable.Range(0, Clips).Select(i => dataset.Draw(i))];

        int still = clips.Count(clip => clip.FirstFrame.SequenceEqual(clip.Frames.AsSpan()[^clip.FirstFrame.Length..]));

        Assert.All(clips, clip => Assert.Equal(16, clip.FrameCount));
        Assert.All(clips, clip => Assert.Equal($"a {clip.SpriteName}", clip.Caption));
        // 60 of 100, within three deviations.
        Assert.InRange(still, 45, 75);
    }

    [Fact]
    public void Evaluation_OfMoreFrames_GoesAsFarInTheWholeClip()
    {
        SpriteDataset few = WorldClips.Evaluation(HeldOut(), 3), many = WorldClips.Evaluation(HeldOut(), 3, frames: 16);

        Assert.Equal(few.Draw(5).FirstFrame.ToArray(), many.Draw(5).FirstFrame.ToArray());
        Assert.Equal(Last(few.Draw(5)), Last(many.Draw(5)));
    }

    private static byte[] Last(SpriteClip clip) => clip.Frames[^clip.FirstFrame.Length..];

    private static SpriteAssets HeldOut()
    {
        SpriteAssets assets = WorldTrainerTests.Assets();
        return new SpriteAssets([.. assets.Sprites.Select(sprite => sprite with { Split = SpriteSplit.HeldOut })], []);
    }
}
