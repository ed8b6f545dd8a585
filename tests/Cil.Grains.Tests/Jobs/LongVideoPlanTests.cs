using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Tests.Models;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Jobs;

/// <summary>
/// The chunks of videos that are made in windows, and of guidance in two halves: what waits for what, and what is over with
/// when.
/// </summary>
public sealed class LongVideoPlanTests
{
    public static TheoryData<int, WindowMode, int?, bool, int, int> Plans
    {
        get
        {
            var plans = new TheoryData<int, WindowMode, int?, bool, int, int>();
            foreach (int frames in (int[])[5, 6, 7, 20, 41])
            {
                foreach ((int steps, int stepsPerChunk) in ((int, int)[])[(1, 3), (7, 3), (6, 1)])
                {
                    foreach (bool split in (bool[])[false, true])
                    {
                        plans.Add(frames, WindowMode.Continue, null, split, steps, stepsPerChunk);
                        foreach (int overlap in (int[])[1, 2, 5])
                            plans.Add(frames, WindowMode.Overlap, overlap, split, steps, stepsPerChunk);
                    }
                }
            }

            return plans;
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Plan_Always_CoversEveryStepOfEveryWindowAndEveryFrameOnce(
        int frames, WindowMode joining, int? overlap, bool split, int steps, int stepsPerChunk)
    {
        RenderPlan plan = Plan(frames, joining, overlap, split, steps, stepsPerChunk);

        Assert.Equal(Enumerable.Range(0, plan.Chunks.Count), plan.Chunks.Select(chunk => chunk.Index));
        Assert.Equal(Enumerable.Range(0, frames), plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode).OrderBy(chunk => chunk.First)
            .SelectMany(chunk => Enumerable.Range(chunk.First, chunk.Count)));
        Assert.All(
            plan.Windows.Index(),
            window => Assert.All(
                split ? new[] { GuidanceBranch.Conditional, GuidanceBranch.Unconditional } : [GuidanceBranch.All],
                branch =>
                    Assert.Equal(
                        Enumerable.Range(0, steps),
                        plan.Chunks.Where(chunk => chunk.Kind != ChunkKind.Decode && chunk.Window == window.Index && chunk.Branch == branch)
                            .SelectMany(chunk => Enumerable.Range(chunk.First, chunk.Count)))));
    }

    // As the sources are defined, looked for among all chunks.
    [Theory]
    [MemberData(nameof(Plans))]
    public void Sources_Always_AreWhatAChunkGoesOnFrom(
        int frames, WindowMode joining, int? overlap, bool split, int steps, int stepsPerChunk)
    {
        RenderPlan plan = Plan(frames, joining, overlap, split, steps, stepsPerChunk);

        Assert.All(
            plan.Chunks,
            chunk => Assert.Equal(plan.Chunks.Where(other => IsSource(plan, other, chunk)), RenderPlanner.Sources(plan, chunk)));
        Assert.All(
            plan.Chunks,
            chunk => Assert.All(
                RenderPlanner.Sources(plan, chunk), source => Assert.True(source.Index < chunk.Index, $"{source} before {chunk}")));
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void ObsoleteSince_OfEachChunkInTurn_IsWhatBecomesObsolete(
        int frames, WindowMode joining, int? overlap, bool split, int steps, int stepsPerChunk)
    {
        RenderJobState state = Sample.State();
        state.Plan = Plan(frames, joining, overlap, split, steps, stepsPerChunk);
        state.Chunks = [.. state.Plan.Chunks.Select(_ => new ChunkState())];
        var schedule = new ChunkSchedule(new RenderJobId("one"), new StoredState(state), () => new LeaseTable(state.Chunks));
        var random = new Random(1);
        var obsolete = new HashSet<int>();
        // Any chunk that can be rendered, so that windows and frames come in any order.
        while (state.Plan.Chunks.Where(chunk => schedule.IsReady(chunk.Index)).ToArray() is { Length: > 0 } ready)
        {
            int rendered = ready[random.Next(ready.Length)].Index;
            state.Chunks[rendered].OutputBlob = "a blob";
            obsolete.UnionWith(schedule.ObsoleteSince(rendered).Select(chunk => chunk.Index));
            Assert.Equal(
                RenderPlanner.Obsolete(state.Plan, chunk => state.Chunks[chunk].OutputBlob is not null).Select(chunk => chunk.Index),
                obsolete.Order());
        }

        Assert.All(state.Chunks, chunk => Assert.NotNull(chunk.OutputBlob));
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Spent_Always_KeepsWhatIsWantedAndWhatThatWasMadeFrom(
        int frames, WindowMode joining, int? overlap, bool split, int steps, int stepsPerChunk)
    {
        RenderPlan plan = Plan(frames, joining, overlap, split, steps, stepsPerChunk);
        var done = new HashSet<int>();
        int most = 0;
        foreach (Chunk chunk in plan.Chunks)
        {
            _ = done.Add(chunk.Index);
            HashSet<int> spent = [.. RenderPlanner.Obsolete(plan, done.Contains).Select(other => other.Index)];
            most = Math.Max(most, done.Count(other => plan.Chunks[other].Kind != ChunkKind.Decode && !spent.Contains(other)));

            foreach (Chunk source in plan.Chunks.Where(other => !done.Contains(other.Index))
                .SelectMany(other => RenderPlanner.Sources(plan, other)))
            {
                Assert.DoesNotContain(source.Index, spent);
                if (source.Kind != ChunkKind.Decode)
                    Assert.All(RenderPlanner.Sources(plan, source), before => Assert.DoesNotContain(before.Index, spent));
            }
        }

        Assert.Equal(plan.Chunks.Where(chunk => chunk.Kind != ChunkKind.Decode), RenderPlanner.Obsolete(plan, _ => true));
        // However many steps there are: three of each window, of which one is being made, and two at the end of each that continues.
        Assert.InRange(most, 1, 3 * plan.Windows.Count * (split ? 2 : 1));
    }

    [Theory]
    [InlineData(WindowMode.Continue)]
    [InlineData(WindowMode.Overlap)]
    public void Plan_OfOneWindow_IsTheSameHoweverWindowsWouldBeJoined(WindowMode joining)
    {
        RenderPlan plan = Plan(6, joining, null, split: false, 7, 3);

        Assert.Equal(
            [ChunkKind.Denoise, ChunkKind.Denoise, ChunkKind.Denoise, ChunkKind.Decode, ChunkKind.Decode],
            plan.Chunks.Select(chunk => chunk.Kind));
        Assert.Equal([new FrameWindow(0, 6)], plan.Windows);
    }

    [Fact]
    public void Plan_OfWindowsThatContinue_DecodesTheNextOnesPictureBeforeAllOtherFrames()
    {
        RenderPlan plan = Plan(16, WindowMode.Continue, null, split: false, 2, 2);

        Assert.Equal(
            [(0, 0), (0, 4), (1, 0), (1, 10), (2, 0), (0, 0), (1, 6), (2, 11), (2, 15)],
            plan.Chunks.Select(chunk => (chunk.Window, chunk.First)).Take(9));
        Assert.Equal("DdDdDdddd", string.Concat(plan.Chunks.Select(chunk => chunk.Kind == ChunkKind.Denoise ? 'D' : 'd')));
    }

    [Fact]
    public void Plan_WithGuidanceThatHasNoHalves_SplitsNothing()
    {
        RenderRequest request = Sample.Request with { SplitGuidance = true };

        Assert.Contains(
            RenderPlanner.Plan(new("one"), request, FakeCatalog.Tiny, Sample.Options, 1).Chunks, chunk => chunk.Kind == ChunkKind.Predict);
        Assert.DoesNotContain(
            RenderPlanner.Plan(new("one"), request with { Guidance = 1 }, FakeCatalog.Tiny, Sample.Options, 1).Chunks,
            chunk => chunk.Kind == ChunkKind.Predict);
        Assert.DoesNotContain(
            RenderPlanner.Plan(new("one"), request, FakeCatalog.Tiny, new PlannerOptions { BatchGuidance = true }, 1).Chunks,
            chunk => chunk.Kind == ChunkKind.Predict);
    }

    [Fact]
    public void Plan_OfALongVideo_TakesTheModelsStatisticsForItsWindows()
    {
        Assert.Equal(RenderPlanner.ModelStatistics, Plan(20, WindowMode.Overlap, 2, split: false, 7, 3).Statistics);
        Assert.Equal(RenderPlanner.ModelStatistics, Plan(20, WindowMode.Continue, null, split: false, 7, 3).Statistics);
        Assert.Null(Plan(5, WindowMode.Continue, null, split: false, 7, 3).Statistics);
    }

    [Fact]
    public void Sources_OfAPlanFromBeforeThereWereWindows_AreTheDenoisingChunkBefore()
    {
        RenderPlan plan = Sample.Plan with { Windows = [] };

        Assert.Equal(
            [[], [0], [1], [2], [2]],
            plan.Chunks.Select(chunk => RenderPlanner.Sources(plan, chunk).Select(source => source.Index).ToArray()));
    }

    private static bool IsSource(RenderPlan plan, Chunk source, Chunk chunk)
    {
        bool overlaps = plan.Joining == WindowMode.Overlap && plan.Windows.Count > 1, decodes = chunk.Kind == ChunkKind.Decode;
        if (source.Kind == ChunkKind.Decode)
        {
            FrameWindow before = plan.Windows[source.Window];
            return !overlaps && !decodes && source.Window == chunk.Window - 1 && source.First + source.Count == before.First + before.Count;
        }

        FrameWindow one = plan.Windows[source.Window], other = plan.Windows[chunk.Window];
        bool together = overlaps
            ? one.First < other.First + other.Count && other.First < one.First + one.Count
            : source.Window == chunk.Window;
        return together && source.First + source.Count == (decodes ? plan.Steps : chunk.First);
    }

    private static RenderPlan Plan(int frames, WindowMode joining, int? overlap, bool split, int steps, int stepsPerChunk) =>
        RenderPlanner.Plan(
            new("one"),
            Sample.Request with { Frames = frames, Joining = joining, Overlap = overlap, SplitGuidance = split, Steps = steps },
            FakeCatalog.Tiny,
            new PlannerOptions { StepsPerChunk = stepsPerChunk, FramesPerDecode = 4 },
            drawnSeed: 1);

    private sealed class StoredState(RenderJobState state) : IPersistentState<RenderJobState>
    {
        public RenderJobState State { get; set; } = state;

        public string Etag => "";

        public bool RecordExists => true;

        public Task ClearStateAsync() => Task.CompletedTask;

        public Task ReadStateAsync() => Task.CompletedTask;

        public Task WriteStateAsync() => Task.CompletedTask;
    }
}
