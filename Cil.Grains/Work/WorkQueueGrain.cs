using Cil.Interfaces.Devices;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;

namespace Cil.Grains.Work;

/// <summary>Chunks that wait, oldest job first; a worker that holds a job's latents gets that job's chunks before others'.</summary>
public sealed class WorkQueueGrain(TimeProvider clock) : Grain, IWorkQueueGrain
{
    // How long a chunk is kept for the worker that already has its latents.
    private static readonly TimeSpan Stickiness = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<(RenderJobId Job, int Chunk), Waiting> waiting = [];
    private readonly HashSet<string> idle = new(StringComparer.Ordinal);

    public Task OfferAsync(ChunkTicket ticket)
    {
        (RenderJobId, int) key = (ticket.Job, ticket.Chunk);
        bool renewed = waiting.TryGetValue(key, out Waiting? before) && before.Ticket.IsBound == ticket.IsBound;
        waiting[key] = new Waiting(ticket, renewed ? before!.Offered : clock.GetUtcNow());
        // The holder of a bound chunk asks by itself when it is near its end. Not awaited: a worker that is gone must not
        // hold up the job that offers.
        if (!ticket.IsBound) _ = WakeOneAsync(ticket.Holder);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(RenderJobId job)
    {
        foreach ((RenderJobId Job, int Chunk) key in waiting.Keys.Where(key => key.Job == job).ToList()) _ = waiting.Remove(key);
        return Task.CompletedTask;
    }

    public Task<ChunkTicket?> TakeNextAsync(WorkerOffer offer)
    {
        (string worker, IReadOnlyList<string> models) = (offer.Worker, offer.Models);
        DateTimeOffset now = clock.GetUtcNow();
        Waiting? next = waiting.Values
            .Where(item => models.Contains(item.Ticket.Model))
            .Where(item => item.Ticket.Holder is null || item.Ticket.Holder == worker || (!item.Ticket.IsBound && now - item.Offered >= Stickiness))
            .OrderBy(item => item.Ticket.Holder == worker ? 0 : 1)
            .ThenBy(item => item.Ticket.Since).ThenBy(item => item.Ticket.Job.Value, StringComparer.Ordinal).ThenBy(item => item.Ticket.Chunk)
            .FirstOrDefault();
        if (next is null)
        {
            _ = idle.Add(worker);
            return Task.FromResult<ChunkTicket?>(null);
        }

        _ = waiting.Remove((next.Ticket.Job, next.Ticket.Chunk));
        return Task.FromResult<ChunkTicket?>(next.Ticket);
    }

    public Task<int?> PositionAsync(RenderJobId job)
    {
        Waiting? own = waiting.Values.FirstOrDefault(item => item.Ticket.Job == job);
        return Task.FromResult<int?>(own is null
            ? null
            : waiting.Values.Where(item => !item.Ticket.IsBound && item.Ticket.Since < own.Ticket.Since).Select(item => item.Ticket.Job).Distinct().Count());
    }

    public Task<Admission> AdmitAsync(string tenant, string model, long memory) => Task.FromResult<Admission>(new Admission.Welcome());

    public Task EndAsync(RenderJobId job, int chunk, TimeSpan used) => Task.CompletedTask;

    public Task<IReadOnlyList<RenderJobId>> UnknownAsync(IReadOnlyList<RenderJobId> jobs) => Task.FromResult(jobs);

    public Task<string?> WhyAsync(RenderJobId job) => Task.FromResult<string?>(null);

    public Task PauseAsync(string? tenant) => Task.CompletedTask;

    public Task UnpauseAsync(string? tenant) => Task.CompletedTask;

    public Task SetShareAsync(string tenant, double share) => Task.CompletedTask;

    public Task MeasuredAsync(string kind, long bytes) => Task.CompletedTask;

    public Task<long> MemoryAsync(string kind) => Task.FromResult(0L);

    public Task<QueueStatus> StatusAsync() => Task.FromResult(new QueueStatus { Waiting = waiting.Count, Running = 0, IsPaused = false, Tenants = [], Workers = [] });

    private async Task WakeOneAsync(string? holder)
    {
        while ((holder is not null && idle.Contains(holder) ? holder : idle.FirstOrDefault()) is { } worker)
        {
            _ = idle.Remove(worker);
            try
            {
                await GrainFactory.GetGrain<IGpuWorkerGrain>(worker).WakeAsync();
                return;
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                // Gone with its silo: the next one.
            }
        }
    }

    private sealed record Waiting(ChunkTicket Ticket, DateTimeOffset Offered);
}
