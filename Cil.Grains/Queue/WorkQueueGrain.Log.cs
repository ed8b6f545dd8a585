using Microsoft.Extensions.Logging;

namespace Cil.Grains.Queue;

internal sealed partial class WorkQueueGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Queue: worker {Worker} is silent and has no chunk: forgotten")]
    private partial void LogForgotten(string worker);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue: a job could not be told that its deadline has passed; it is told again")]
    private partial void LogNotAnnounced(Exception error);
}
