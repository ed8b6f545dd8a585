using Cil.Interfaces.Devices;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Devices;

/// <summary>
/// Takes chunks from the queue and hands them to its device's thread. A chunk is not a grain turn: the turn that takes
/// it returns at once, and the chunk's end comes back as a message.
/// </summary>
[DevicePlacement]
public sealed partial class GpuWorkerGrain(IDeviceHost devices, ILogger<GpuWorkerGrain> logger) : Grain, IGpuWorkerGrain, IDisposable
{
    private static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource leaving = new();
    private IChunkRenderer renderer = null!;
    private IGrainTimer? timer;
    private Task? current;
    private ChunkLease? held;
    private bool draining;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        renderer = devices.Renderer(WorkerId.Parse(Key).Ordinal);
        return Task.CompletedTask;
    }

    public Task StartAsync()
    {
        // A wake-up can be lost with the silo that sent it: look from time to time as well.
        timer ??= this.RegisterGrainTimer(() => TakeAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, IdleLook) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task<bool> HoldsAsync(RenderJobId job, int chunk, long epoch) =>
        Task.FromResult(held is { } lease && lease.Plan.Job == job && lease.Chunk.Index == chunk && lease.Epoch == epoch);

    public Task WakeAsync() => TakeAsync();

    public async Task DrainAsync()
    {
        draining = true;
        await leaving.CancelAsync();
        if (current is { } running) await running;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => leaving.CancelAsync();

    public void Dispose() => leaving.Dispose();

    private async Task TakeAsync()
    {
        if (draining || current is { IsCompleted: false }) return;
        var queue = GrainFactory.GetGrain<IWorkQueueGrain>(0);
        ChunkTicket? ticket = await queue.TakeAsync(Key, renderer.Models);
        if (ticket is null) return;
        var job = GrainFactory.GetGrain<IRenderJobGrain>(ticket.Job.Value);
        ChunkLease? lease = await job.BeginChunkAsync(ticket.Chunk, Key);
        current = lease is null ? AgainAsync() : RunAsync(job, lease);
    }

    // Runs beside the grain's turns, on the grain's scheduler only between awaits.
    private async Task RunAsync(IRenderJobGrain job, ChunkLease lease)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token);
        int index = lease.Chunk.Index;
        held = lease;
        LogChunkTaken(lease.Plan.Job, index, lease.Epoch);
        try
        {
            using var heartbeat = new Heartbeat(job, lease, stop);
            ChunkResult result = await renderer.RenderAsync(lease, heartbeat.Done, stop.Token);
            await job.ReportAsync(index, lease.Epoch, result);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The job finds out by the lease's silence; the worker goes on.
            LogChunkLost(error, lease.Plan.Job, index);
        }
        finally
        {
            held = null;
        }

        _ = AgainAsync();
    }

    private Task AgainAsync() => this.AsReference<IGpuWorkerGrain>().WakeAsync();

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {Job}: took chunk {Chunk}, epoch {Epoch}")]
    private partial void LogChunkTaken(RenderJobId job, int chunk, long epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: chunk {Chunk} could not be rendered or reported")]
    private partial void LogChunkLost(Exception error, RenderJobId job, int chunk);
}
