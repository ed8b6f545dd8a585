using System.Globalization;
using Cil.Grains.Blobs;
using Cil.Grains.Diagnostics;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Queue;

/// <summary>
/// Hands out what <see cref="TicketQueue"/> holds, by the clock; knows the workers and wakes those that have nothing to do.
/// </summary>
[CoordinatorPlacement]
internal sealed partial class WorkQueueGrain(
    [PersistentState("queue", BlobGrainStorage.Provider)] IPersistentState<QueueState> stored,
    IOptions<QueueOptions> configured,
    GridInstruments instruments,
    TimeProvider clock,
    ILogger<WorkQueueGrain> logger) : Grain, IWorkQueueGrain, IIncomingGrainCallFilter
{
    private const double Gibibyte = 1L << 30;

    // Calls to expired jobs that are made at the same time.
    private const int MaxConcurrentExpirations = 32;

    // A worker that has a chunk does not ask while it renders it: it is forgotten after so many times the usual silence.
    private const int SilenceWithChunk = 60;

    private readonly QueueOptions options = configured.Value;
    private readonly TicketQueue work = new(configured.Value);
    private readonly WorkerRegistry workers = new();
    private readonly IReadOnlyList<ListedClass> classes = [.. configured.Value.Classes.Select(ListedClass.Parse).OfType<ListedClass>()];
    private QueueSettings settings = null!;
    private WorkerWaker waker = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        settings = new QueueSettings(this, stored, work, logger);
        waker = new WorkerWaker(this, GrainFactory, work, workers, clock, options);
        settings.Apply();
        _ = this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions(options.Sweep, options.Sweep) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        instruments.ReportQueue(null);
        return Task.CompletedTask;
    }

    public Task Invoke(IIncomingGrainCallContext context)
    {
        instruments.CountQueueCall(context.MethodName);
        return context.Invoke();
    }

    public Task<Admission> AdmitAsync(string tenant, string model, long memory) =>
        AdmitWithinAsync(tenant, model, memory, options.MaxWaitingPerTenant);

    public Task<Admission> AdmitWithinAsync(string tenant, string model, long memory, int mostWaiting)
    {
        if (LargestMemory is > 0 and var largest && memory > largest)
        {
            var fault = new RequestError(
                "width",
                $"work of this size takes about {Gibibytes(memory)} GiB of device memory; the largest worker has {Gibibytes(largest)} GiB");
            return Task.FromResult<Admission>(new Admission.Impossible(fault, largest));
        }

        int own = work.WaitingOf(tenant), most = Math.Min(mostWaiting, options.MaxWaitingPerTenant);
        string? full = work.Waiting >= options.MaxWaiting ? $"{work.Waiting} jobs wait, as many as may"
            : own >= most ? $"{own} jobs of tenant {tenant} wait, as many as may"
            : null;
        return Task.FromResult<Admission>(full is null ? new Admission.Admitted() : new Admission.Full(full, options.RetryAfter));
    }

    public Task OfferAsync(ChunkTicket ticket)
    {
        DateTimeOffset now = clock.GetUtcNow();
        work.Offer(ticket, now);
        waker.WakeFor(ticket, now);
        waker.PlanOpening(now);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(RenderJobId job)
    {
        work.Withdraw(job);
        return Task.CompletedTask;
    }

    public Task<ChunkTicket?> TakeNextAsync(WorkerOffer offer)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Expire(now);
        RegisteredWorker worker = workers.Register(offer, now);
        waker.Open(now);
        ChunkTicket? ticket = work.Take(WithoutPaused(offer), now);
        if (ticket is null) WorkerRegistry.SetIdle(worker);
        waker.WakeForOpened(now);
        waker.PlanOpening(now);
        return Task.FromResult(ticket);
    }

    public Task EndAsync(RenderJobId job, int chunk, TimeSpan used)
    {
        work.End(job, chunk, used);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RenderJobId>> NotWaitingAsync(IReadOnlyList<RenderJobId> jobs) =>
        Task.FromResult<IReadOnlyList<RenderJobId>>([.. jobs.Where(job => !work.IsWaiting(job))]);

    public Task<int?> PositionAsync(RenderJobId job) => Task.FromResult(work.Position(job));

    public Task<string?> QueueReasonAsync(RenderJobId job)
    {
        DateTimeOffset now = clock.GetUtcNow();
        waker.Open(now);
        waker.WakeForOpened(now);
        return Task.FromResult(
            work.Find(job) is { } waiting ? QueueReason.Of(waiting, work, workers, now, options, settings.PausedModels) : null);
    }

    public Task PauseAsync(string? tenant) => settings.SetPausedAsync(tenant, isPaused: true);

    public async Task UnpauseAsync(string? tenant)
    {
        if (await settings.SetPausedAsync(tenant, isPaused: false)) waker.WakeAll();
    }

    public Task PauseModelAsync(string model) => settings.SetModelPausedAsync(model, isPaused: true);

    public async Task UnpauseModelAsync(string model)
    {
        if (await settings.SetModelPausedAsync(model, isPaused: false)) waker.WakeAll();
    }

    public Task SetShareAsync(string tenant, double share) => settings.SetShareAsync(tenant, share);

    public Task MeasuredAsync(string kind, long bytes) => settings.AddMemoryAsync(kind, bytes);

    public Task<long> MemoryAsync(string kind) => Task.FromResult(settings.Memory(kind));

    public Task<QueueStatus> StatusAsync()
    {
        Dictionary<string, int> assigned = work.AssignedByWorker();
        return Task.FromResult(new QueueStatus
        {
            Waiting = work.Waiting,
            Running = assigned.Values.Sum(),
            IsPaused = work.IsPaused,
            PausedModels = [.. settings.PausedModels.Order(StringComparer.Ordinal)],
            Tenants = [.. work.Tenants.OrderBy(tenant => tenant.Name, StringComparer.Ordinal)
                .Select(tenant => new TenantStatus(tenant.Name, tenant.Jobs.Count, tenant.Share, tenant.Used, tenant.IsPaused))],
            Workers = [.. workers.All.OrderBy(worker => worker.Name, StringComparer.Ordinal)
                .Select(worker => new WorkerStatus(worker.Name, worker.Group.Example.Loaded, worker.Group.Example.Memory,
                    assigned.GetValueOrDefault(worker.Name), worker.LastSeen, worker.Group.Example.Class))],
        });
    }

    public Task<IReadOnlyList<ClassDemand>> DemandAsync() => Task.FromResult(Demand());

    // Of workers that are there and of those that may be started; 0 where one of them does not say.
    private long LargestMemory => classes.Count == 0 ? workers.LargestMemory
        : classes.Any(one => one.Memory == 0) || workers.Groups.Any(group => group.Example.Memory == 0) ? 0
        : Math.Max(workers.LargestMemory, classes.Max(one => one.Memory));

    private IReadOnlyList<ClassDemand> Demand() => new DemandCounter(work, workers, classes, settings.PausedModels).Count();

    // A worker asks for the models that it has; those that are paused are as if it had them not.
    private WorkerOffer WithoutPaused(WorkerOffer offer) => settings.PausedModels.Count == 0
        ? offer
        : offer with { Models = [.. offer.Models.Where(model => !settings.PausedModels.Contains(model))] };

    private static string Gibibytes(long bytes) => (bytes / Gibibyte).ToString("F1", CultureInfo.InvariantCulture);

    private Task SweepAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        Expire(now);
        waker.Open(now);
        waker.WakeForOpened(now);
        ForgetSilent(now);
        instruments.ReportQueue(
            new QueueLoad(work.Waiting, work.RunningJobs, work.Running, Demand()));
        return Task.CompletedTask;
    }

    private void ForgetSilent(DateTimeOffset now)
    {
        List<RegisteredWorker> silent = [.. workers.All.Where(worker => now - worker.LastSeen >= options.WorkerSilence)];
        if (silent.Count == 0) return;
        Dictionary<string, int> assigned = work.AssignedByWorker();
        HashSet<string> gone = [.. silent
            .Where(worker => !assigned.ContainsKey(worker.Name) || now - worker.LastSeen >= options.WorkerSilence * SilenceWithChunk)
            .Select(worker => worker.Name)];
        if (gone.Count == 0) return;
        work.Forget(gone);
        foreach (string worker in gone)
        {
            workers.Forget(worker);
            LogForgotten(worker);
        }
    }

    private void Expire(DateTimeOffset now)
    {
        // Not awaited: a job that expires calls the queue.
        if (work.Expire(now) is { Count: > 0 } expired) _ = TellAsync(expired);
    }

    private async Task TellAsync(IReadOnlyList<RenderJobId> expired)
    {
        foreach (RenderJobId[] some in expired.Chunk(MaxConcurrentExpirations))
        {
            try
            {
                await Task.WhenAll(some.Select(job => GrainFactory.GetGrain<IRenderJobGrain>(job.Value).ExpireAsync()));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The job offers its chunks again at its next check, and is told again.
                LogNotAnnounced(error);
            }
        }
    }
}
