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
/// When the silo is up, its devices begin to take work; from then on it has unfinished jobs looked for whose coordinator was
/// lost; when it leaves, its devices drain.
/// </summary>
internal sealed partial class WorkerStarter(
    IGrainFactory grains, IDeviceHost devices, IOptions<SiloOptions> silo, IOptions<LeaseOptions> leasing, TimeProvider clock, ILogger<WorkerStarter> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IGpuWorkerGrain worker in Workers()) await worker.StartAsync();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(Workers().Select(worker => worker.DrainAsync()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(leasing.Value.Keep, clock);
        do
        {
            try
            {
                await grains.GetGrain<IJobKeeperGrain>(0).KeepAsync();
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                LogKeeperUnreachable(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private IEnumerable<IGpuWorkerGrain> Workers() => Enumerable.Range(0, devices.Count)
        .Select(ordinal => grains.GetGrain<IGpuWorkerGrain>(new WorkerId(silo.Value.SiloName, ordinal).ToString()));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keeper of unfinished jobs cannot be reached; it is tried again")]
    private partial void LogKeeperUnreachable(Exception error);
}
