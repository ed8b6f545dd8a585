using Cil.Interfaces;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Jobs;

internal sealed partial class RenderJobGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job}: accepted for model {Model}, {Chunks} chunks")]
    private partial void LogAccepted(RenderJobId job, string model, int chunks);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "Job {Job}: {Blob} is damaged: {Reason}; the job can be deleted, or its blob put back")]
    private partial void LogDamaged(RenderJobId job, string blob, string reason);
}
