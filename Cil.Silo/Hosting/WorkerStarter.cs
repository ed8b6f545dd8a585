using Orleans;
using Cil.Grains.Devices;
using Cil.Grains.Jobs;
using Cil.Interfaces.Devices;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Cil.Silo.Hosting;

/// <summary>
/// When the silo is up, its devices begin to take work and are kept at it; unfinished jobs whose coordinator was lost are
/// looked for; when the silo leaves, its devices drain.
/// </summary>
internal sealed partial class WorkerStarter(
    IGrainFactory grains, IDeviceHost devices, IOptions<SiloOptions> silo, IOptions<LeaseOptions> leasing, TimeProvider clock, ILogger<WorkerStarter> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartWorkersAsync();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(Workers().Select(worker => DrainAsync(worker, cancellationToken)));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        // Orleans ends an activation when the silo that held its directory entry is lost: a worker must be begun anew then.
        RepeatAsync(leasing.Value.Check, StartWorkersAsync, stoppingToken),
        RepeatAsync(leasing.Value.Keep, () => grains.GetGrain<IJobKeeperGrain>(0).KeepAsync(), stoppingToken));

    private static async Task DrainAsync(IGpuWorkerGrain worker, CancellationToken cancellationToken)
    {
        while (!await worker.DrainAsync() && !cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task RepeatAsync(TimeSpan period, Func<Task> action, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, clock);
        do
        {
            try
            {
                await action();
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                LogUnreachable(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task StartWorkersAsync()
    {
        foreach (IGpuWorkerGrain worker in Workers()) await worker.StartAsync();
    }

    private IEnumerable<IGpuWorkerGrain> Workers() => Enumerable.Range(0, devices.Count)
        .Select(ordinal => grains.GetGrain<IGpuWorkerGrain>(new WorkerId(silo.Value.SiloName, ordinal).ToString()));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A worker or the keeper of unfinished jobs cannot be reached; it is tried again")]
    private partial void LogUnreachable(Exception error);
}
