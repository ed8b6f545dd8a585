using Cil.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cil.Silo.Hosting;

/// <summary>Renews the claim on a bucket or container, and ends the silo when another grid has taken it.</summary>
internal sealed partial class StoreClaimKeeper(
    StoreClaim claim, bool isShared, IHostApplicationLifetime lifetime,
    TimeProvider clock, ILogger<StoreClaimKeeper> logger) : BackgroundService
{
    /// <summary>Who has the store instead; null while it is this grid's.</summary>
    internal string? LostTo { get; private set; }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (isShared || LostTo is not null) return;
        try
        {
            await claim.ReleaseAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The next one waits until it sees that nobody renews it.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(StoreClaim.Renewal, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await claim.RenewAsync(stoppingToken) is not { } other) continue;
                LostTo = other;
                LogLost(other);
                lifetime.StopApplication();
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException && !stoppingToken.IsCancellationRequested)
            {
                LogNotRenewed(error);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The storage has been taken by '{Other}' while this silo could not say that it is alive; it stops")]
    private partial void LogLost(string other);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The claim on the storage could not be renewed; it is tried again")]
    private partial void LogNotRenewed(Exception error);
}
