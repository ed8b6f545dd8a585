using System.Runtime.InteropServices;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>Chunks that workers have taken and not ended, and what their tenants were charged with for them.</summary>
internal sealed class AssignedTickets(TenantTable tenants, ChargeEstimate charges)
{
    private readonly Dictionary<RenderJobId, List<AssignedTicket>> byJob = [];

    internal int Count { get; private set; }

    /// <summary>Jobs that a worker has a chunk of.</summary>
    internal int Jobs => byJob.Count;

    /// <summary>Chunks that workers have, without those that were handed to another worker since.</summary>
    internal IEnumerable<AssignedTicket> All => byJob.Values.SelectMany(chunks => chunks).Where(chunk => !chunk.IsReplaced);

    /// <summary>The number of chunks that each worker has, without those that were handed to another worker since.</summary>
    internal Dictionary<string, int> ByWorker() => All
        .GroupBy(chunk => chunk.Worker, StringComparer.Ordinal)
        .ToDictionary(chunks => chunks.Key, chunks => chunks.Count(), StringComparer.Ordinal);

    /// <summary>A worker takes a chunk; its tenant is charged with the mean device time of recent chunks of that kind.</summary>
    internal void Add(ChunkTicket ticket, string worker, QueueTenant tenant)
    {
        double charge = charges.Of(ticket.Model, ticket.Kind);
        ref List<AssignedTicket>? chunks = ref CollectionsMarshal.GetValueRefOrAddDefault(byJob, ticket.Job, out _);
        (chunks ??= new(1)).Add(new AssignedTicket(ticket, worker, tenant, charge));
        Count++;
        tenants.Change(tenant, running: 1, seconds: charge);
    }

    /// <summary>The job offers a chunk anew: it counts no more as one that its worker has.</summary>
    internal void Replace(RenderJobId job, int chunk)
    {
        if (!byJob.TryGetValue(job, out List<AssignedTicket>? chunks)) return;
        foreach (AssignedTicket item in chunks)
        {
            if (item.Ticket.Chunk == chunk) item.IsReplaced = true;
        }
    }

    /// <summary>A chunk is over; the charge is replaced by what it used.</summary>
    /// <param name="used">Device time; zero when it was not begun.</param>
    internal void End(RenderJobId job, int chunk, TimeSpan used)
    {
        if (!byJob.TryGetValue(job, out List<AssignedTicket>? chunks)
            || chunks.FindLast(item => item.Ticket.Chunk == chunk) is not { } ended) return;
        if (used > TimeSpan.Zero) charges.Add(ended.Ticket.Model, ended.Ticket.Kind, used.TotalSeconds);
        End(chunks, ended, Math.Max(0, used.TotalSeconds));
        // Workers that had it before were lost with it: nobody reports what they used.
        while (chunks.FindLast(item => item.Ticket.Chunk == chunk) is { } before) End(chunks, before, before.Charge);
    }

    /// <summary>Chunks of workers that are gone are over; the charges stay.</summary>
    internal void Forget(IReadOnlySet<string> workers)
    {
        foreach (AssignedTicket gone in byJob.Values.SelectMany(chunks => chunks).Where(chunk => workers.Contains(chunk.Worker)).ToList())
            End(byJob[gone.Ticket.Job], gone, gone.Charge);
    }

    private void End(List<AssignedTicket> chunks, AssignedTicket ended, double used)
    {
        _ = chunks.Remove(ended);
        if (chunks.Count == 0) _ = byJob.Remove(ended.Ticket.Job);
        Count--;
        ended.Tenant.Used += used;
        tenants.Change(ended.Tenant, running: -1, seconds: used - ended.Charge);
    }
}
