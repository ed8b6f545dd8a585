using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;
using Orleans.Runtime;

namespace Cil.Grains.Queue;

/// <summary>Wakes idle workers for tickets that they can have: at once, or when what was kept for others opens.</summary>
internal sealed class WorkerWaker(
    IGrainBase grain, IGrainFactory grains, TicketQueue work, WorkerRegistry workers, TimeProvider clock, QueueOptions options)
{
    private readonly List<ChunkTicket> opened = [];
    private IGrainTimer? timer;
    private DateTimeOffset? planned;

    /// <summary>Wakes one idle worker for a ticket. The holder of a bound one asks by itself when it is near its chunk's end.</summary>
    internal void WakeFor(ChunkTicket ticket, DateTimeOffset now)
    {
        if (ticket.IsBound || work.IsPaused || !workers.HasIdle || work.Find(ticket.Job, ticket.Chunk) is not { } item
            || item.Job.Tenant.IsPaused) return;
        if (workers.Pick(item.Ticket, item.Offered, now, options) is { } worker) _ = WakeAsync(worker, item.Ticket);
    }

    internal void WakeAll()
    {
        foreach (string worker in workers.PickAll()) _ = WakeAsync(worker);
    }

    /// <summary>Opens what is due. <see cref="WakeForOpened"/> follows, once the caller has taken its own ticket.</summary>
    internal void Open(DateTimeOffset now) => work.Open(now, opened);

    /// <summary>Wakes workers for what <see cref="Open"/> has opened.</summary>
    internal void WakeForOpened(DateTimeOffset now)
    {
        foreach (ChunkTicket ticket in opened) WakeFor(ticket, now);
        opened.Clear();
    }

    /// <summary>Plans to wake workers at the next opening; where none is idle there is none to wake.</summary>
    internal void PlanOpening(DateTimeOffset now)
    {
        if (work.NextOpening is not { } at || !workers.HasIdle || at == planned) return;
        planned = at;
        TimeSpan wait = at > now ? at - now : TimeSpan.Zero;
        if (timer is null) timer = grain.RegisterGrainTimer(OpenAsync, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan));
        else timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private Task OpenAsync()
    {
        planned = null;
        DateTimeOffset now = clock.GetUtcNow();
        Open(now);
        WakeForOpened(now);
        PlanOpening(now);
        return Task.CompletedTask;
    }

    // Not awaited by callers: a worker that is gone must not hold up whoever offers.
    private async Task WakeAsync(string worker, ChunkTicket? ticket = null)
    {
        try
        {
            await grains.GetGrain<IGpuWorkerGrain>(worker).WakeAsync();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            // Gone with its silo: the next idle worker.
            if (ticket is not null) WakeFor(ticket, clock.GetUtcNow());
        }
    }
}
