using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;

namespace Cil.Grains.Statistics;

/// <summary>What is stored of a measurement.</summary>
internal sealed class StatisticsState
{
    public JobState State { get; set; }

    public StatisticsPlan? Plan { get; set; }

    public List<ChunkState> Shards { get; set; } = [];

    /// <summary>The weights that measured the shards: others' latents are other numbers.</summary>
    public string? WeightsHash { get; set; }

    public string? Blob { get; set; }

    public JobError? Error { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal static StatisticsState Begin(StatisticsPlan plan, DateTimeOffset now) => new()
    {
        State = JobState.Queued,
        Plan = plan,
        Shards = [.. plan.Shards.Select(_ => new ChunkState())],
        CreatedAt = now,
    };

    /// <summary>For another attempt: measured shards are kept, failures are forgotten.</summary>
    internal void Reopen()
    {
        (State, Error) = (JobState.Queued, null);
        foreach (ChunkState shard in Shards) shard.Failures = 0;
    }

    internal void ForgetMoments()
    {
        foreach (ChunkState shard in Shards) shard.OutputBlob = null;
    }

    /// <summary>What the queue is told of a shard that waits.</summary>
    internal ChunkTicket Ticket(RenderJobId id, Chunk shard) => new()
    {
        Job = id,
        Chunk = shard.Index,
        Kind = ChunkKind.Measure,
        Model = Plan!.Model,
        Since = CreatedAt,
    };

    /// <param name="done">Clips that are measured of the shards that workers have, by the shard's number.</param>
    internal StatisticsSnapshot Snapshot(IReadOnlyDictionary<int, int> done) => new()
    {
        State = State,
        Clips = Plan!.Clips,
        ClipsDone = Plan.Shards.Sum(shard => Shards[shard.Index].OutputBlob is not null
            ? shard.Count
            : done.GetValueOrDefault(shard.Index)),
        Blob = Blob,
        Error = Error,
    };
}
