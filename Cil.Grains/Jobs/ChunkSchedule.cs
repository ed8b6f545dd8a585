using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>Which chunks of a job can be begun, from what, and by whom; as tickets for the queue.</summary>
internal sealed class ChunkSchedule(RenderJobId id, IPersistentState<RenderJobState> stored, Func<LeaseTable> leases)
{
    private RenderPlan? successorsOf;
    private ILookup<int, Chunk>? successors;

    /// <summary>The worker that has the latents of the latest chunk; null where they are in storage only.</summary>
    internal string? LatentsHolder { get; set; }

    /// <summary>Device memory that work of this kind was seen to need, in bytes; 0 until that is known.</summary>
    internal long Memory { get; set; }

    /// <summary>Blobs of all decoded frames, in their order.</summary>
    internal List<string> FrameBlobs => [.. Plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode)
        .OrderBy(chunk => chunk.First).Select(chunk => State.Chunks[chunk.Index].OutputBlob!)];

    private RenderJobState State => stored.State;

    private RenderPlan Plan => State.Plan!;

    /// <summary>Whether a chunk can be begun.</summary>
    /// <param name="worker">
    /// Who asks; null for whoever comes. The worker that renders the last missing source has its latents before they are stored.
    /// </param>
    internal bool IsReady(int chunk, string? worker = null)
    {
        if (State.State is JobState.Paused or JobState.AwaitingApproval || !leases().IsFree(chunk)) return false;
        return MissingSources(chunk) switch
        {
            [] => true,
            [var last] => worker is not null && last.Kind == ChunkKind.Denoise && leases().IsRunningAt(last.Index, worker),
            _ => false,
        };
    }

    /// <summary>Where a chunk's sources are, or will be once the worker that renders them has stored them.</summary>
    internal IReadOnlyList<string> SourceBlobs(Chunk chunk) => [.. RenderPlanner.Sources(Plan, chunk).Select(
        source => State.Chunks[source.Index].OutputBlob ?? BlobNames.Output(id, source, State.Chunks[source.Index].Epoch))];

    /// <summary>Chunks that any worker can begin. Denoising goes on where the latents are; frames are decoded anywhere.</summary>
    internal IEnumerable<ChunkTicket> Ready() => Plan.Chunks.Where(chunk => IsReady(chunk.Index))
        .Select(chunk => Ticket(chunk) with { Holder = chunk.Kind == ChunkKind.Denoise ? LatentsHolder : null });

    /// <summary>What <see cref="Ready"/> gives since a chunk is rendered.</summary>
    internal IEnumerable<ChunkTicket> ReadySince(int rendered) => Successors(rendered).Where(chunk => IsReady(chunk.Index))
        .Select(chunk => Ticket(chunk) with { Holder = chunk.Kind == ChunkKind.Denoise ? LatentsHolder : null });

    /// <summary>Chunks that only the worker of a begun chunk can begin, before that chunk's latents are in storage.</summary>
    internal IEnumerable<ChunkTicket> ReadyAfter(int begun, string worker) => Successors(begun)
        .Where(chunk => MissingSources(chunk.Index) is [var last] && last.Index == begun && IsReady(chunk.Index, worker))
        .Select(chunk => Ticket(chunk) with { Holder = worker, IsBound = true });

    /// <summary>
    /// What of <see cref="RenderPlanner.Obsolete"/> can be new since a chunk was rendered: only what it goes on from, and what that
    /// went on from.
    /// </summary>
    internal IEnumerable<Chunk> ObsoleteSince(int rendered)
    {
        IReadOnlyList<Chunk> sources = RenderPlanner.Sources(Plan, Plan.Chunks[rendered]);
        return sources.Concat(sources.SelectMany(source => RenderPlanner.Sources(Plan, source)))
            .Where(chunk => chunk.Kind != ChunkKind.Decode && !IsNeeded(chunk.Index))
            .Distinct();

        bool IsNeeded(int chunk) => !IsDone(chunk) || Successors(chunk).Any(
            next => !IsDone(next.Index) || (next.Kind != ChunkKind.Decode && Successors(next.Index).Any(after => !IsDone(after.Index))));
        bool IsDone(int chunk) => State.Chunks[chunk].OutputBlob is not null;
    }

    // The chunks that go on from one; all of a plan's are found at once, and kept as long as the plan is the job's.
    private IEnumerable<Chunk> Successors(int chunk)
    {
        if (!ReferenceEquals(successorsOf, Plan))
        {
            var layout = new ChunkLayout(Plan);
            successors = Plan.Chunks.SelectMany(next => layout.Sources(next).Select(source => (Source: source, Next: next)))
                .ToLookup(pair => pair.Source, pair => pair.Next);
            successorsOf = Plan;
        }

        return successors![chunk];
    }

    private List<Chunk> MissingSources(int chunk) =>
        [.. RenderPlanner.Sources(Plan, Plan.Chunks[chunk]).Where(source => State.Chunks[source.Index].OutputBlob is null)];

    private ChunkTicket Ticket(Chunk chunk) => new()
    {
        Job = id,
        Chunk = chunk.Index,
        Kind = chunk.Kind,
        Model = Plan.Model,
        Since = State.CreatedAt,
        Tenant = State.Request!.Tenant,
        Priority = State.Priority ?? State.Request.Priority,
        Failures = State.Chunks.Sum(state => state.Failures),
        Deadline = State.Request.Deadline,
        Memory = Memory,
        Avoid = State.FailedOn,
    };
}
