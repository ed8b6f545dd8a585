using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Statistics;

internal sealed partial class DatasetStatisticsGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Statistics {Statistics}: {Clips} clips in {Shards} shards")]
    private partial void LogBegun(RenderJobId statistics, int clips, int shards);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Statistics}: shard {Shard} failed, attempt {Attempt}: {Reason}")]
    private partial void LogShardFailed(RenderJobId statistics, int shard, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Statistics}: shard {Shard}: {Reason}")]
    private partial void LogWorkerLost(RenderJobId statistics, int shard, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Statistics}: the weights have changed; all shards are measured again")]
    private partial void LogWeightsChanged(RenderJobId statistics);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Statistics}: the shards could not be merged; it is tried again")]
    private partial void LogNotMerged(Exception error, RenderJobId statistics);

    [LoggerMessage(Level = LogLevel.Information, Message = "Statistics {Statistics}: {State} {Reason}")]
    private partial void LogFinished(RenderJobId statistics, JobState state, string reason);
}
