using Cil.Grains.Blobs;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Work;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Jobs;

/// <summary>
/// Wakes the coordinators of unfinished jobs. A coordinator lives in the memory of one silo; when that silo is lost, it is
/// gone until somebody calls it, and this is who does.
/// </summary>
public sealed partial class JobKeeperGrain(IBlobStore blobs, ILogger<JobKeeperGrain> logger) : Grain, IJobKeeperGrain
{
    private Task? round;

    public Task KeepAsync()
    {
        // Not in the turn: there may be many jobs.
        if (round is null or { IsCompleted: true }) round = RunAsync();
        return Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (string mark in blobs.ListAsync(BlobNames.UnfinishedPrefix))
            {
                IChunkSource source = mark.StartsWith(BlobNames.UnfinishedStatisticsPrefix, StringComparison.Ordinal)
                    ? GrainFactory.GetGrain<IDatasetStatisticsGrain>(mark[BlobNames.UnfinishedStatisticsPrefix.Length..])
                    : GrainFactory.GetGrain<IRenderJobGrain>(mark[BlobNames.UnfinishedPrefix.Length..]);
                if (!await source.ResumeAsync()) _ = await blobs.DeleteAsync(mark);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogRoundFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for unfinished jobs failed; it is tried again")]
    private partial void LogRoundFailed(Exception error);
}
