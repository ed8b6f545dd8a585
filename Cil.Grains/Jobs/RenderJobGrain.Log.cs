using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Jobs;

public sealed partial class RenderJobGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: accepted for model {Model}, {Chunks} chunks")]
    private partial void LogAccepted(RenderJobId job, string model, int chunks);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: chunk {Chunk}: worker {Worker} went silent")]
    private partial void LogWorkerSilent(RenderJobId job, int chunk, string worker);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: chunk {Chunk} failed, attempt {Attempt}: {Reason}")]
    private partial void LogChunkFailed(RenderJobId job, int chunk, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: {State} {Reason}")]
    private partial void LogFinished(RenderJobId job, JobState state, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: chunk {Chunk} was with worker {Worker}, which is gone")]
    private partial void LogWorkerGone(RenderJobId job, int chunk, string worker);
}
