using Cil.Interfaces;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Jobs;

internal sealed partial class JobResults
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: {Blob} is damaged or lost; chunk {Chunk} is rendered again")]
    private partial void LogCorrupt(RenderJobId job, int chunk, string blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: the video could not be made, attempt {Attempt}: {Reason}")]
    private partial void LogNotEncoded(RenderJobId job, int attempt, string reason);
}
