using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Tests.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>A request that has no fault, and what becomes of it.</summary>
internal static class Sample
{
    internal static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    internal static RenderRequest Request =>
        new() { Model = FakeCatalog.Tiny.Name, Prompt = "a ball rolls to the right", ImageBlob = "jobs/one/input", Seed = 42 };

    internal static PlannerOptions Options => new() { StepsPerChunk = 3, FramesPerDecode = 4, Threads = 2 };

    internal static RenderPlan Plan => RenderPlanner.Plan(new RenderJobId("one"), Request, FakeCatalog.Tiny, Options, drawnSeed: 1);

    /// <summary>A job as it stands when nothing is rendered yet.</summary>
    internal static RenderJobState State(JobState state = JobState.Running) => new()
    {
        State = state,
        Request = Request,
        Plan = Plan,
        Chunks = [.. Plan.Chunks.Select(_ => new ChunkState())],
        CreatedAt = Noon,
    };
}
