using Cil.Diffusion.Pipelines;
using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Rendering.Tests.Chunks;

/// <summary>
/// The grid plans which windows' predictions a chunk needs, and the network blends them: both must name the same windows.
/// </summary>
public sealed class WindowNeighboursTests
{
    private static readonly ModelDescription Model = new()
    {
        Name = "tiny",
        Frames = 6,
        Width = 16,
        Height = 8,
        SizeMultiple = 8,
        Steps = 2,
        Guidance = 1.5,
        Start = 1000,
        PlaybackFps = 8,
        HasStatistics = false,
    };

    [Theory]
    [InlineData(7, 1)]
    [InlineData(9, 3)]
    [InlineData(20, 2)]
    [InlineData(20, 5)]
    public void Sources_OfWindowsThatOverlap_AreTheWindowsThatAreBlended(int frames, int overlap)
    {
        var request = new RenderRequest
        {
            Model = Model.Name, Prompt = "", Frames = frames, Joining = WindowMode.Overlap, Overlap = overlap,
        };
        RenderPlan plan = RenderPlanner.Plan(new RenderJobId("one"), request, Model, new PlannerOptions(), drawnSeed: 1);
        FrameRange[] ranges = [.. plan.Windows.Select(window => new FrameRange(window.First, window.Count))];

        foreach (Chunk chunk in plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode || chunk.First > 0))
        {
            IEnumerable<int> sources = RenderPlanner.Sources(plan, chunk).Select(source => source.Window).Distinct();

            Assert.Equal(new WindowBlend(ranges, chunk.Window).Neighbours, sources);
        }
    }
}
