using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a reminder ticks; times are UTC.</summary>
[GenerateSerializer]
[SuppressMessage("Performance", "CA1815", Justification = "Only the original's members.")]
public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
{
    /// <summary>When the first tick was due.</summary>
    [Id(0)]
    public DateTime FirstTickTime { get; } = firstTickTime;

    /// <summary>From one tick to the next.</summary>
    [Id(1)]
    public TimeSpan Period { get; } = period;

    /// <summary>When this tick was sent.</summary>
    [Id(2)]
    public DateTime CurrentTickTime { get; } = timeStamp;
}
