using Cil.Api.Health;
using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Cil.Grains.Workers;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;
using Cil.Rendering.Hosting;
using Cil.Silo.Cluster;
using Cil.Silo.Options;
using Cil.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Cil.Silo.Hosting;

/// <summary>
/// When the silo is up, its devices begin to take work and are kept at it; unfinished jobs whose coordinator was lost are
/// looked for. When the silo leaves, its devices drain in two phases: they take no more and go on with what they have; what is
/// not done in time stops at its next step.
/// </summary>
internal sealed partial class WorkerStarter(
    IGrainFactory grains,
    IDeviceHost devices,
    IOptions<SiloOptions> silo,
    IOptions<LeaseOptions> leasing,
    IOptions<WorkerOptions> options,
    IOptions<PlannerOptions> planning,
    Readiness readiness,
    IBlobStore blobs,
    TimeProvider clock,
    ILogger<WorkerStarter> logger,
    MembershipProbe? membership = null) : BackgroundService
{
    // So often in a row what a submission needs may fail before the silo is not ready: when another silo is lost, its grains
    // are away for a moment.
    private const int MostFailures = 2;

    // A blob, tenant and model that nobody has.
    private const string Probe = "readiness";

    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(50);

    private int failures;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Preload is null)
        {
            await StartWorkersAsync();
            readiness.Ready();
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // A stop that is not to wait for anything is a loss: others find out.
        if (!cancellationToken.IsCancellationRequested) await DrainAsync(cancellationToken);
    }

    /// <summary>Frees the devices, while clients are answered and grains are reached; does nothing a second time.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (readiness.IsLeaving) return;
        readiness.Leaving();
        IGpuWorkerGrain[] workers = [.. Workers()];
        TimeSpan timeout = options.Value.DrainTimeout;
        LogDraining(workers.Length, timeout);
        long start = clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested && clock.GetElapsedTime(start) < timeout)
        {
            if ((await Task.WhenAll(workers.Select(RetireAsync))).All(free => free)) break;
            await Task.Delay(DrainLook, clock, CancellationToken.None);
        }

        await Task.WhenAll(workers.Select(worker => DrainAsync(worker, cancellationToken)));
        TimeSpan took = clock.GetElapsedTime(start);
        LogDrained(took);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Preload is { } model)
        {
            if (!await BindAsync(model)) return;
            readiness.Ready();
        }

        await Task.WhenAll(
            // Orleans ends an activation when the silo that held its directory entry is lost: a worker must be begun anew then.
            RepeatAsync(leasing.Value.Check, StartWorkersAsync, stoppingToken),
            RepeatAsync(leasing.Value.Keep, () => grains.GetGrain<IJobReconcilerGrain>(0).ReconcileAsync(), stoppingToken),
            RepeatAsync(leasing.Value.Keep, CheckReadinessAsync, stoppingToken));
    }

    // Asks for what every submission and listing needs.
    private async Task CheckReadinessAsync()
    {
        string what = "storage cannot be read";
        bool isMember = true;
        try
        {
            _ = await blobs.GetAsync(Probe, new BlobRange(0, 0));
            what = "the table of silos cannot be read";
            isMember = membership is null || await membership.HasThisSiloAsync();
            what = "this silo is not in the table of silos, which was emptied while it ran: start it again";
            if (!isMember) throw new InvalidOperationException(what);
            what = "the queue of jobs does not answer";
            _ = await grains.GetGrain<IWorkQueueGrain>(0).AdmitAsync(Probe, Probe, memory: 0);
            what = "the index of jobs does not answer";
            _ = await grains.GetGrain<IJobIndexGrain>(IJobIndexGrain.Jobs).ListAsync(new JobQuery { Limit = 1 });
            failures = 0;
            readiness.Ready();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            if (++failures >= MostFailures)
            {
                if (isMember) readiness.NotReady(what);
                else readiness.Lost(what);
            }

            LogNotReady(error, what);
        }
    }

    private async Task<bool> BindAsync(string model)
    {
        if (devices is not LocalDevices local) return true;
        readiness.NotReady($"binding the weights of {model}");
        try
        {
            await local.BindAsync(model, planning.Value.Precision, planning.Value.Threads);
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            readiness.NotReady($"the weights of {model} cannot be bound: {error.Message}");
            LogNotBound(error, model);
            return false;
        }
    }

    private async Task<bool> RetireAsync(IGpuWorkerGrain worker)
    {
        try
        {
            return await worker.RetireAsync();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            LogUnreachable(error);
            return false;
        }
    }

    private async Task DrainAsync(IGpuWorkerGrain worker, CancellationToken cancellationToken)
    {
        try
        {
            while (!await worker.DrainAsync() && !cancellationToken.IsCancellationRequested)
            {
            }
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            LogUnreachable(error);
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
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Whatever it was: a silo whose workers nobody starts any more would look well and do nothing.
                LogUnreachable(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task StartWorkersAsync()
    {
        // One that drains would be begun anew.
        if (readiness.IsLeaving) return;
        foreach (IGpuWorkerGrain worker in Workers()) await worker.StartAsync();
    }

    private IEnumerable<IGpuWorkerGrain> Workers() => Enumerable.Range(0, devices.Count)
        .Select(ordinal => grains.GetGrain<IGpuWorkerGrain>(new WorkerId(silo.Value.SiloName, ordinal).ToString()));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A worker or the keeper of unfinished jobs cannot be reached; it is tried again")]
    private partial void LogUnreachable(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready for jobs: {Reason}; it is tried again")]
    private partial void LogNotReady(Exception error, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The weights of {Model} cannot be bound; this silo takes no work")]
    private partial void LogNotBound(Exception error, string model);

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Workers} workers: chunks in hand have {Timeout}")]
    private partial void LogDraining(int workers, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained after {Time}")]
    private partial void LogDrained(TimeSpan time);
}
