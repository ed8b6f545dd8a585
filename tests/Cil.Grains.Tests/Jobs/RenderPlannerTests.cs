using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Models;
using Cil.Grains.Tests.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

public sealed class RenderPlannerTests
{
    private static readonly RenderJobId Job = new("one");

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(7, 3, 6, 4)]
    [InlineData(6, 3, 6, 2)]
    [InlineData(5, 100, 6, 100)]
    public void Plan_Always_CoversEveryStepAndFrameOnceAndInOrder(int steps, int stepsPerChunk, int frames, int framesPerDecode)
    {
        RenderPlan plan = Plan(
            Sample.Request with { Steps = steps, Frames = frames },
            new PlannerOptions { StepsPerChunk = stepsPerChunk, FramesPerDecode = framesPerDecode });

        Assert.Equal(Enumerable.Range(0, steps), Covered(plan, ChunkKind.Denoise));
        Assert.Equal(Enumerable.Range(0, frames), Covered(plan, ChunkKind.Decode));
        Assert.Equal(Enumerable.Range(0, plan.Chunks.Count), plan.Chunks.Select(chunk => chunk.Index));
        Assert.Equal(plan.Chunks, plan.Chunks.OrderBy(chunk => chunk.Kind).ToList());
    }

    [Fact]
    public void Plan_WhenStepsDoNotDivide_LastChunkIsShorter()
    {
        Chunk[] chunks = [.. Plan(Sample.Request).Chunks.Where(chunk => chunk.Kind == ChunkKind.Denoise)];

        Assert.Equal([3, 3, 1], chunks.Select(chunk => chunk.Count));
    }

    [Fact]
    public void Plan_WhenFramesDoNotDivide_LastChunkIsShorter()
    {
        Chunk[] chunks = [.. Plan(Sample.Request).Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode)];

        Assert.Equal([4, 2], chunks.Select(chunk => chunk.Count));
    }

    [Fact]
    public void Plan_OfARequestThatLeavesAllToTheModel_HasTheModelsChoices()
    {
        RenderPlan plan = RenderPlanner.Plan(Job, Sample.Request with { Seed = null }, FakeCatalog.Tiny, Sample.Options, drawnSeed: 99);

        Assert.Equal((6, 16, 8), (plan.Frames, plan.Width, plan.Height));
        Assert.Equal((7, 1.5, 1000, 8), (plan.Steps, plan.Guidance, plan.Start, plan.PlaybackFps));
        Assert.Equal(99UL, plan.Seed);
    }

    [Fact]
    public void Plan_OfAnAutomaticStart_HasTheMThatTheModelsLeakageChose()
    {
        ModelDescription measured = FakeCatalog.Tiny with { AutomaticStart = 600 };
        int asked = 0;

        RenderPlan plan = RenderPlanner.Plan(
            Job, Sample.Request with { AutomaticStart = true }, measured, Sample.Options, 1,
            (steps, start) => steps + (asked = start) - 600);

        Assert.Equal((600, 600, 7), (plan.Start, asked, plan.Steps));
        Assert.Equal(1000, RenderPlanner.Plan(Job, Sample.Request, measured, Sample.Options, 1).Start);
    }

    [Fact]
    public void Plan_OfMotion_HasThePublishedShareOfTheStepsUnlessAnotherIsGiven()
    {
        RenderPlan standard = Plan(Sample.Request with { Motion = 0.6 }),
            other = Plan(Sample.Request with { Motion = 1, MotionShare = 0.5 }), none = Plan(Sample.Request);

        Assert.Equal((0.6, 0.2), (standard.Motion, standard.MotionShare));
        Assert.Equal((1.0, 0.5), (other.Motion, other.MotionShare));
        Assert.Equal((null, null), (none.Motion, none.MotionShare));
    }

    [Fact]
    public void Plan_OfARequestThatSaysEverything_TakesItsWord()
    {
        RenderRequest request = Sample.Request with
        {
            Frames = 3,
            Width = 24,
            Height = 32,
            Steps = 2,
            Guidance = 0,
            Start = 940,
            PlaybackFps = 12,
            Seed = 0,
            NegativePrompt = "blur",
            Container = "gif",
        };

        RenderPlan plan = Plan(request);

        Assert.Equal((3, 24, 32), (plan.Frames, plan.Width, plan.Height));
        Assert.Equal((2, 0, 940, 12), (plan.Steps, plan.Guidance, plan.Start, plan.PlaybackFps));
        Assert.Equal(0UL, plan.Seed);
        Assert.Equal(
            (request.Prompt, "blur", "gif", request.ImageBlob), (plan.Prompt, plan.NegativePrompt, plan.Container, plan.ImageBlob));
    }

    [Fact]
    public void Plan_KeepsWhatRoundingDependsOn()
    {
        RenderPlan plan = Plan(
            Sample.Request, new PlannerOptions { Precision = Precision.BFloat16, BatchGuidance = true, Threads = 3, FramesPerDecode = 2 });

        Assert.Equal(("bfloat16", true, 3, 2), (plan.Precision, plan.BatchGuidance, plan.Threads, plan.FramesPerDecode));
    }

    [Fact]
    public void Plan_OfFastQuality_CutsChunksWhereAWholeStepIs()
    {
        RenderPlan fast = Plan(
            Sample.Request with { Steps = 7, Quality = RenderQuality.Fast }, new PlannerOptions { StepsPerChunk = 2 });

        Assert.Equal(3, fast.WholeStepInterval);
        Assert.Equal([3, 3, 1], fast.Chunks.Where(chunk => chunk.Kind == ChunkKind.Denoise).Select(chunk => chunk.Count));
        Assert.Equal(0, Plan(Sample.Request).WholeStepInterval);
    }

    [Theory]
    [InlineData("auto", RenderPlanner.ModelStatistics)]
    [InlineData("off", null)]
    [InlineData("jobs/one/statistics.safetensors", "jobs/one/statistics.safetensors")]
    public void Plan_TakesTheStatisticsThatTheRequestNames(string choice, string? expected) =>
        Assert.Equal(expected, Plan(Sample.Request with { AnalyticInit = choice }).Statistics);

    [Fact]
    public void Plan_WhenTheModelsStatisticsDoNotFit_StartsPlainly()
    {
        Assert.Null(Plan(Sample.Request with { Width = 24 }).Statistics);
        Assert.Null(Plan(Sample.Request with { Height = 16 }).Statistics);
        Assert.Null(Plan(Sample.Request with { Frames = 5 }).Statistics);
        Assert.Null(RenderPlanner.Plan(Job, Sample.Request, FakeCatalog.Tiny with { HasStatistics = false }, Sample.Options, 1).Statistics);
    }

    [Fact]
    public void Sources_OfOneWindow_AreTheDenoisingChunkBefore()
    {
        RenderPlan plan = Plan(Sample.Request);

        Assert.Equal(
            [[], [0], [1], [2], [2]],
            plan.Chunks.Select(chunk => RenderPlanner.Sources(plan, chunk).Select(source => source.Index).ToArray()));
    }

    [Fact]
    public void Plan_WithChunksOfNothing_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Plan(Sample.Request, new PlannerOptions { StepsPerChunk = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Plan(Sample.Request, new PlannerOptions { FramesPerDecode = 0 }));
    }

    private static RenderPlan Plan(RenderRequest request, PlannerOptions? options = null) =>
        RenderPlanner.Plan(Job, request, FakeCatalog.Tiny, options ?? Sample.Options, drawnSeed: 1);

    private static IEnumerable<int> Covered(RenderPlan plan, ChunkKind kind) =>
        plan.Chunks.Where(chunk => chunk.Kind == kind).SelectMany(chunk => Enumerable.Range(chunk.First, chunk.Count));
}
