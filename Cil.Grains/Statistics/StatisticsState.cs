using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

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
}
