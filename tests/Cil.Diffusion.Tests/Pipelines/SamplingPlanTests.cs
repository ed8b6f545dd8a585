using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;

namespace Cil.Diffusion.Tests.Pipelines;

public sealed class SamplingPlanTests
{
    private static readonly SamplingPlan Good = SamplingPlan.Default(TinyModel.Manifest, 1);

    public static TheoryData<SamplingPlan, string> Bad => new()
    {
        { Good with { Start = 0 }, "start M: must be 1 to 1000, got 0" },
        { Good with { Start = 1001 }, "start M: must be 1 to 1000, got 1001" },
        { Good with { Steps = 0 }, "steps: must be 1 to M = 1000, got 0" },
        { Good with { Steps = 51, Start = 50 }, "steps: must be 1 to M = 50, got 51" },
        { Good with { GuidanceScale = double.NaN }, "guidance scale: must be finite and at least 0, got NaN" },
        { Good with { ImageGuidanceScale = -1.5 }, "image guidance scale: must be finite and at least 0, got -1.5" },
        { Good with { LowPass = new LowPassGuidance(0) }, "low-pass strength: must be above 0 to 1, got 0" },
        { Good with { LowPass = new LowPassGuidance(1, 1.5) }, "low-pass share of the steps: must be above 0 to 1, got 1.5" },
        {
            Good with { LowPass = new LowPassGuidance(1), ImageGuidanceScale = 2 },
            "low-pass guidance: has passes of its own, and so has guidance by the image alone; got both"
        },
        { Good with { GuidanceRescale = 1.1 }, "guidance rescale: must be 0 to 1, got 1.1" },
        { Good with { Eta = -0.1 }, "eta: must be 0 to 1, got -0.1" },
        { Good with { Frames = 5 }, "frames: one window of tiny has 1 to 4, got 5" },
        { Good with { Width = 36 }, "size: width and height must be multiples of 8, got 36x32" },
        { Good with { Height = 0 }, "size: width and height must be multiples of 8, got 32x0" },
        { Good with { Window = -1 }, "window: must be at least 0, got -1" },
    };

    [Fact]
    public void Faults_OfTheModelsOwnDefaults_AreNone() => Assert.Empty(Good.Errors(TinyModel.Manifest));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Faults_NameFieldRangeAndValue(SamplingPlan plan, string fault) => Assert.Equal([fault], plan.Errors(TinyModel.Manifest));

    [Fact]
    public void Require_WithSeveralFaults_ListsThemAll()
    {
        SamplingPlan plan = Good with { Start = 0, Frames = 0, Eta = 2 };

        Assert.Equal(3, Assert.Throws<SamplingPlanException>(() => plan.Require(TinyModel.Manifest)).Message.Split('\n').Length);
    }
}
