using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Jobs;

internal sealed partial class JobExecution
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: chunk {Chunk}: {Reason}")]
    private partial void LogWorkerLost(RenderJobId job, int chunk, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: chunk {Chunk} failed, attempt {Attempt}: {Reason}")]
    private partial void LogChunkFailed(RenderJobId job, int chunk, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: {State} {Reason}")]
    private partial void LogFinished(RenderJobId job, JobState state, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: its end could not be stored for webhook endpoints; it is tried again")]
    private partial void LogNotNotified(Exception error, RenderJobId job);
}
