using System.Diagnostics;
using Cil.Grains.Diagnostics;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Workers;

/// <summary>
/// Takes chunks from the queue and hands them to its device's thread. A chunk is not a grain turn: the turn that takes it
/// returns at once, and the chunk's end comes back as a message. While one chunk's result is stored the next one is on the
/// device, and when that one nears its end another is prepared behind it, so that the device never waits.
/// </summary>
[DevicePlacement]
internal sealed partial class GpuWorkerGrain(
    IDeviceHost devices, IOptions<DeviceCircuitBreakerOptions> options, TimeProvider clock, ILogger<GpuWorkerGrain> logger)
        : Grain, IGpuWorkerGrain, IDisposable
{
    // One whose result is being stored, one on the device, one prepared behind it.
    private const int MaxAssigned = 3;
    private static readonly TimeSpan IdlePoll = TimeSpan.FromSeconds(1), DrainTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromMinutes(2), MaxRetryDelay = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource leaving = new();
    private readonly List<AssignedChunk> assigned = [];
    private readonly DeviceCircuitBreaker breaker = new(options.Value);
    private IChunkRenderer renderer = null!;
    private IGpuWorkerGrain self = null!;
    private IGrainTimer? timer;
    private bool draining;

    private string Key => this.GetPrimaryKeyString();

    private bool HasRoom =>
        !draining && !breaker.IsQuarantined(clock.GetUtcNow()) && assigned.Count < (breaker.IsHalfOpen ? 1 : MaxAssigned)
            && assigned.TrueForAll(chunk => chunk.IsEnding);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        renderer = devices.Renderer(WorkerId.Parse(Key).Ordinal);
        self = this.AsReference<IGpuWorkerGrain>();
        return Task.CompletedTask;
    }

    public Task StartAsync()
    {
        // A wake-up can be lost with the silo that sent it: the queue is polled as well.
        timer ??= this.RegisterGrainTimer(() => TakeAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, IdlePoll) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task<bool> HoldsAsync(RenderJobId job, int chunk, long epoch) => Task.FromResult(
        assigned.Exists(held => held.Lease.Job == job && held.Lease.Chunk.Index == chunk && held.Lease.Epoch == epoch));

    public Task WakeAsync() => TakeAsync();

    public Task StopAsync(RenderJobId job)
    {
        foreach (AssignedChunk chunk in assigned.Where(chunk => chunk.Lease.Job == job)) chunk.Stop();
        return Task.CompletedTask;
    }

    public Task<bool> RetireAsync()
    {
        draining = true;
        return Task.FromResult(assigned.Count == 0);
    }

    public async Task<bool> DrainAsync()
    {
        draining = true;
        Task free = Task.WhenAll(assigned.Select(chunk => chunk.Work)).WaitAsync(DrainTimeout, clock);
        await leaving.CancelAsync();
        try
        {
            await free;
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => leaving.CancelAsync();

    public void Dispose() => leaving.Dispose();

    private async Task TakeAsync()
    {
        IWorkQueueGrain queue = GrainFactory.GetGrain<IWorkQueueGrain>(0);
        while (HasRoom && await queue.TakeNextAsync(Offer()) is { } ticket)
        {
            IChunkSource job = ticket.Kind == ChunkKind.Measure
                ? GrainFactory.GetGrain<IDatasetStatisticsGrain>(ticket.Job.Value)
                : GrainFactory.GetGrain<IRenderJobGrain>(ticket.Job.Value);
            ChunkLease? lease;
            try
            {
                lease = await job.BeginChunkAsync(ticket.Chunk, Key);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The job offers it again when it can be reached.
                LogNotBegun(error, ticket.Job, ticket.Chunk);
                _ = queue.EndAsync(ticket.Job, ticket.Chunk, TimeSpan.Zero);
                return;
            }

            if (lease is null)
            {
                // The chunk need not be rendered any more.
                _ = queue.EndAsync(ticket.Job, ticket.Chunk, TimeSpan.Zero);
                continue;
            }

            var chunk = new AssignedChunk(job, lease, clock, () => _ = self.WakeAsync(), leaving.Token);
            assigned.Add(chunk);
            chunk.Work = RunAsync(chunk);
        }
    }

    private WorkerOffer Offer() =>
        new() { Worker = Key, Models = renderer.Models, Loaded = renderer.Loaded, Memory = renderer.Memory, Class = renderer.Class };

    // Runs beside the grain's turns, on the grain's scheduler only between awaits.
    private async Task RunAsync(AssignedChunk chunk)
    {
        ChunkLease lease = chunk.Lease;
        LogChunkTaken(lease.Job, lease.Chunk.Index, lease.Epoch);
        using Activity? span = GridActivities.BeginChunk(lease, Key);
        try
        {
            ChunkResult result = await renderer.RenderAsync(lease, chunk, chunk.Stopping);
            if (result is ChunkResult.Failed failed) GridActivities.Fail(span, failed.Error.Code, failed.Error.Message);
            RecordOutcome(lease.Job, result);
            await ReportAsync(chunk, result);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The job finds out at its next check of the lease; the worker goes on.
            LogChunkLost(error, lease.Job, lease.Chunk.Index);
        }
        finally
        {
            _ = assigned.Remove(chunk);
            chunk.Dispose();
        }

        _ = self.WakeAsync();
    }

    private void RecordOutcome(RenderJobId job, ChunkResult result)
    {
        if (result is ChunkResult.Failed { Error.Code: JobError.DeviceLost } lost
            && devices.Lose(WorkerId.Parse(Key).Ordinal, lost.Error.Message))
        {
            draining = true;
            LogDeviceLost(Key, lost.Error.Message);
            return;
        }

        if (result is ChunkResult.Rendered) breaker.Succeed();
        else if (result is ChunkResult.Failed failed && DeviceCircuitBreaker.MayBeCausedByDevice(failed.Error)
            && breaker.Fail(job, clock.GetUtcNow())) LogQuarantined(Key, breaker.QuarantinedUntil, failed.Error.Message);
    }

    // The result is in storage: reporting it is retried for a while, rather than have it rendered again.
    private async Task ReportAsync(AssignedChunk chunk, ChunkResult result)
    {
        DateTimeOffset end = clock.GetUtcNow() + ReportTimeout;
        for (TimeSpan pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 2 < MaxRetryDelay ? pause * 2 : MaxRetryDelay)
        {
            try
            {
                await chunk.ReportAsync(result);
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException && clock.GetUtcNow() + pause < end
                && !chunk.Stopping.IsCancellationRequested)
            {
                LogNotReported(error, chunk.Lease.Job, chunk.Lease.Chunk.Index);
                await Task.Delay(pause, clock);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Worker {Worker} is quarantined until {Until}: several jobs failed on it, the last: {Reason}")]
    private partial void LogQuarantined(string worker, DateTimeOffset until, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Worker {Worker} has lost its device and its silo leaves: {Reason}")]
    private partial void LogDeviceLost(string worker, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: chunk {Chunk} could not be begun")]
    private partial void LogNotBegun(Exception error, RenderJobId job, int chunk);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: chunk {Chunk} could not be reported; it is tried again")]
    private partial void LogNotReported(Exception error, RenderJobId job, int chunk);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {Job}: took chunk {Chunk}, epoch {Epoch}")]
    private partial void LogChunkTaken(RenderJobId job, int chunk, long epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: chunk {Chunk} could not be rendered or reported")]
    private partial void LogChunkLost(Exception error, RenderJobId job, int chunk);
}
