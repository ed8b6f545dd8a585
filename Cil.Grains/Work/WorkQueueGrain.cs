using System.Globalization;
using Cil.Grains.Blobs;
using Cil.Grains.Placement;
using Cil.Interfaces.Devices;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Work;

/// <summary>
/// Hands out what <see cref="WaitingWork"/> holds, by the clock; knows the workers, wakes those that have nothing to do, and
/// stores what people say of the queue.
/// </summary>
[CoordinatorPlacement]
public sealed partial class WorkQueueGrain(
    [PersistentState("queue", BlobGrainStorage.Provider)] IPersistentState<QueueState> stored,
    IOptions<QueueOptions> settings,
    TimeProvider clock,
    ILogger<WorkQueueGrain> logger) : Grain, IWorkQueueGrain
{
    private const double Gibibyte = 1L << 30;

    // Jobs that are told of their deadline at the same time.
    private const int Told = 32;

    // A worker that has a chunk is silent while it renders it.
    private const int LongestChunk = 60;

    private readonly QueueOptions options = settings.Value;
    private readonly WaitingWork work = new(settings.Value);
    private readonly KnownWorkers workers = new();
    private readonly List<ChunkTicket> opened = [];
    private IGrainTimer? sweep, opening;
    private DateTimeOffset? planned;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Apply();
        sweep = this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions(options.Sweep, options.Sweep) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task<Admission> AdmitAsync(string tenant, string model, long memory)
    {
        string text(long bytes) => (bytes / Gibibyte).ToString("F1", CultureInfo.InvariantCulture);
        if (workers.LargestMemory is > 0 and var largest && memory > largest)
        {
            return Task.FromResult<Admission>(new Admission.Impossible(new RequestFault(
                "size", $"work of this size takes about {text(memory)} GiB of device memory; the largest worker has {text(largest)} GiB: give a smaller size or fewer frames")));
        }

        int own = work.WaitingOf(tenant);
        string? full = work.Waiting >= options.MaxWaiting ? $"{work.Waiting} jobs wait, as many as may"
            : own >= options.MaxWaitingPerTenant ? $"{own} jobs of tenant {tenant} wait, as many as may"
            : null;
        return Task.FromResult<Admission>(full is null ? new Admission.Welcome() : new Admission.Full(full, options.RetryAfter));
    }

    public Task OfferAsync(ChunkTicket ticket)
    {
        DateTimeOffset now = clock.GetUtcNow();
        work.Offer(ticket, now);
        WakeFor(ticket, now);
        PlanOpening(now);
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
        KnownWorker worker = workers.Hear(offer, now);
        work.Open(now, opened);
        ChunkTicket? ticket = work.Take(offer, now);
        if (ticket is null) KnownWorkers.SetIdle(worker);
        WakeForOpened(now);
        PlanOpening(now);
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

    public Task<string?> WhyAsync(RenderJobId job)
    {
        DateTimeOffset now = clock.GetUtcNow();
        work.Open(now, opened);
        WakeForOpened(now);
        return Task.FromResult(work.Find(job) is { } waiting ? WaitingReason.Of(waiting, work, workers, now, options) : null);
    }

    public async Task PauseAsync(string? tenant)
    {
        if (tenant is null ? stored.State.IsPaused : stored.State.PausedTenants.Contains(tenant)) return;
        if (tenant is null) stored.State.IsPaused = true;
        else _ = stored.State.PausedTenants.Add(tenant);
        await StoreAsync();
    }

    public async Task UnpauseAsync(string? tenant)
    {
        if (tenant is null ? !stored.State.IsPaused : !stored.State.PausedTenants.Contains(tenant)) return;
        if (tenant is null) stored.State.IsPaused = false;
        else _ = stored.State.PausedTenants.Remove(tenant);
        await StoreAsync();
        foreach (string worker in workers.PickAll()) _ = WakeAsync(worker);
    }

    public async Task SetShareAsync(string tenant, double share)
    {
        if (!double.IsFinite(share) || share <= 0) throw new ArgumentOutOfRangeException(nameof(share), share, "a number above 0");
        stored.State.Shares[tenant] = share;
        await StoreAsync();
    }

    public async Task MeasuredAsync(string kind, long bytes)
    {
        if (bytes <= stored.State.MemoryPeaks.GetValueOrDefault(kind)) return;
        stored.State.MemoryPeaks[kind] = bytes;
        await StoreAsync();
    }

    public Task<long> MemoryAsync(string kind) => Task.FromResult(stored.State.MemoryPeaks.GetValueOrDefault(kind));

    public Task<QueueStatus> StatusAsync()
    {
        Dictionary<string, int> hands = work.ChunksInHand();
        return Task.FromResult(new QueueStatus
        {
            Waiting = work.Waiting,
            Running = hands.Values.Sum(),
            IsPaused = work.IsPaused,
            Tenants = [.. work.Tenants.OrderBy(tenant => tenant.Name, StringComparer.Ordinal)
                .Select(tenant => new TenantStatus(tenant.Name, tenant.Jobs.Count, tenant.Share, tenant.Used, tenant.IsPaused))],
            Workers = [.. workers.All.OrderBy(worker => worker.Name, StringComparer.Ordinal)
                .Select(worker => new WorkerStatus(worker.Name, worker.Group.Example.Loaded, worker.Group.Example.Memory, hands.GetValueOrDefault(worker.Name), worker.Heard))],
        });
    }

    // Before anything is answered. When storage fails, memory is again what storage has, or is given up.
    private async Task StoreAsync()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch (Exception error)
        {
            LogNotStored(error);
            try
            {
                await stored.ReadStateAsync();
            }
            catch (Exception again) when (again is not OutOfMemoryException)
            {
                DeactivateOnIdle();
            }

            Apply();
            throw;
        }

        Apply();
    }

    private void Apply()
    {
        work.IsPaused = stored.State.IsPaused;
        foreach (string name in work.Tenants.Select(tenant => tenant.Name).Concat(stored.State.PausedTenants).Concat(stored.State.Shares.Keys).ToHashSet())
        {
            work.Pause(name, stored.State.PausedTenants.Contains(name));
            work.SetShare(name, stored.State.Shares.GetValueOrDefault(name, 1));
        }
    }

    private Task SweepAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        Expire(now);
        work.Open(now, opened);
        WakeForOpened(now);
        ForgetSilent(now);
        return Task.CompletedTask;
    }

    private void ForgetSilent(DateTimeOffset now)
    {
        List<KnownWorker> silent = [.. workers.All.Where(worker => now - worker.Heard >= options.WorkerSilence)];
        if (silent.Count == 0) return;
        Dictionary<string, int> hands = work.ChunksInHand();
        HashSet<string> gone = [.. silent.Where(worker => !hands.ContainsKey(worker.Name) || now - worker.Heard >= options.WorkerSilence * LongestChunk).Select(worker => worker.Name)];
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
        // Not awaited: a job that hears of its deadline calls the queue.
        if (work.Expire(now) is { Count: > 0 } expired) _ = TellAsync(expired);
    }

    private async Task TellAsync(IReadOnlyList<RenderJobId> expired)
    {
        foreach (RenderJobId[] some in expired.Chunk(Told))
        {
            try
            {
                await Task.WhenAll(some.Select(job => GrainFactory.GetGrain<IRenderJobGrain>(job.Value).ExpireAsync()));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // It offers its chunks again when it is looked after, and is told again.
                LogNotTold(error);
            }
        }
    }

    // Plans to wake workers when what is kept for others opens; where none is idle, there is none to wake.
    private void PlanOpening(DateTimeOffset now)
    {
        if (work.NextOpening is not { } at || !workers.HasIdle || at == planned) return;
        planned = at;
        TimeSpan wait = at > now ? at - now : TimeSpan.Zero;
        if (opening is null) opening = this.RegisterGrainTimer(OpenAsync, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan));
        else opening.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private Task OpenAsync()
    {
        planned = null;
        DateTimeOffset now = clock.GetUtcNow();
        work.Open(now, opened);
        WakeForOpened(now);
        PlanOpening(now);
        return Task.CompletedTask;
    }

    private void WakeForOpened(DateTimeOffset now)
    {
        foreach (ChunkTicket ticket in opened) WakeFor(ticket, now);
        opened.Clear();
    }

    // One idle worker for each ticket. The holder of a bound one asks by itself when it is near its end.
    private void WakeFor(ChunkTicket ticket, DateTimeOffset now)
    {
        if (ticket.IsBound || work.IsPaused || !workers.HasIdle || work.Find(ticket.Job, ticket.Chunk) is not { } item || item.Job.Tenant.IsPaused) return;
        if (workers.Pick(item.Ticket, item.Offered, now, options) is { } worker) _ = WakeAsync(worker, item.Ticket);
    }

    // Not awaited: a worker that is gone must not hold up whoever offers.
    private async Task WakeAsync(string worker, ChunkTicket? ticket = null)
    {
        try
        {
            await GrainFactory.GetGrain<IGpuWorkerGrain>(worker).WakeAsync();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            // Gone with its silo: the next one.
            if (ticket is not null) WakeFor(ticket, clock.GetUtcNow());
        }
    }
}
