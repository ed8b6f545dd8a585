using Cil.Grains.Jobs;
using Cil.Grains.Models;
using Cil.Grains.Tests.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

public sealed class PossibleSizeTests
{
    // A byte a pixel of each frame.
    private static readonly ModelDescription Model =
        FakeCatalog.Tiny with { PeakBytes = plan => (long)plan.Width * plan.Height * plan.Frames };

    [Theory]
    [InlineData(64 * 32 * 6, "possible: 64x32 with 6 frames, or 1 frame of this size")]
    [InlineData(64 * 32 * 6 - 1, "possible: 48x24 with 6 frames, or 1 frame of this size")]
    [InlineData(128 * 64 - 1, "possible: 48x24 with 6 frames")]
    [InlineData(128 * 64 * 5, "possible: 112x56 with 6 frames, or 5 frames of this size")]
    [InlineData(16 * 8 * 6 - 1, "no size of this shape fits")]
    public void Describe_NamesTheLargestSizeOfTheShapeAndTheMostFrames(long memory, string expected) =>
        Assert.Equal(expected, PossibleSize.Describe(Plan(128, 64), Model, memory));

    [Fact]
    public void Describe_OfAModelWithoutAnEstimate_SaysWhatHelps() => Assert.Equal(
        "give a smaller size or fewer frames", PossibleSize.Describe(Plan(128, 64), FakeCatalog.Tiny, 1000));

    private static RenderPlan Plan(int width, int height) => RenderPlanner.Plan(
        new RenderJobId("one"), Sample.Request with { Width = width, Height = height, Frames = 6 }, Model, Sample.Options, drawnSeed: 1);
}
