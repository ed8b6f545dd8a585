using Cil.Interfaces;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Batches;

internal sealed partial class RenderBatchGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {Batch}: accepted, {Jobs} jobs")]
    private partial void LogAccepted(RenderJobId batch, int jobs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Batch}: its jobs could not be submitted further; it is tried again")]
    private partial void LogNotSubmitted(Exception error, RenderJobId batch);
}
