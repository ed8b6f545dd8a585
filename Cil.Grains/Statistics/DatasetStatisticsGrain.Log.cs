using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Statistics;

internal sealed partial class DatasetStatisticsGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Statistics {Id}: {Clips} clips in {Shards} shards")]
    private partial void LogBegun(RenderJobId id, int clips, int shards);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Id}: shard {Shard} failed, attempt {Attempt}: {Reason}")]
    private partial void LogShardFailed(RenderJobId id, int shard, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Id}: shard {Shard}: {Reason}")]
    private partial void LogWorkerLost(RenderJobId id, int shard, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Statistics {Id}: the weights have changed; all shards are measured again")]
    private partial void LogWeightsChanged(RenderJobId id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Statistics {Id}: {State} {Reason}")]
    private partial void LogFinished(RenderJobId id, JobState state, string reason);
}
