using System.Globalization;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>Says in words why a job waits.</summary>
internal static class WaitingReason
{
    private const double Gibibyte = 1L << 30;

    /// <summary>One or two sentences.</summary>
    internal static string Of(WaitingJob job, WaitingWork work, KnownWorkers workers, DateTimeOffset now, QueueOptions options)
    {
        WaitingTicket first = job.Tickets.Min(WaitingTicket.InOrder)!;
        WaitingTenant tenant = job.Tenant;
        if (job.Place is null) return $"It does not wait for a worker: it goes on at {first.Ticket.Holder} when the chunk before is done.";
        first = job.Tickets.Where(item => item.Place != WaitingPlace.Bound).Min(WaitingTicket.InOrder)!;
        if (work.IsPaused) return "The queue is paused: nothing is handed out.";
        if (tenant.IsPaused) return $"Tenant {tenant.Name} is paused: nothing of it is handed out.";
        return OfWorkers(first.Ticket, workers) ?? OfRestriction(first, workers, now, options) ?? OfOthers(job, first, work, options);
    }

    private static string? OfWorkers(ChunkTicket ticket, KnownWorkers workers)
    {
        if (workers.Groups.Count == 0) return "No worker is there.";
        List<WorkerGroup> able = [.. workers.Groups.Where(group => group.Example.Models.Contains(ticket.Model))];
        if (able.Count == 0) return $"No worker has model {ticket.Model}; those that are there have {string.Join(", ", workers.Groups.SelectMany(group => group.Example.Models).Distinct().Order(StringComparer.Ordinal))}.";
        if (able.Exists(group => QueuePolicy.CanDo(group.Example, ticket.Model, ticket.Memory))) return null;
        return string.Create(CultureInfo.InvariantCulture,
            $"It takes {ticket.Memory / Gibibyte:F1} GiB of device memory; the largest worker with model {ticket.Model} has {able.Max(group => group.Example.Memory) / Gibibyte:F1} GiB.");
    }

    private static string? OfRestriction(WaitingTicket first, KnownWorkers workers, DateTimeOffset now, QueueOptions options)
    {
        ChunkTicket ticket = first.Ticket;
        if (first.Place == WaitingPlace.Held) return string.Create(CultureInfo.InvariantCulture, $"It is kept for worker {ticket.Holder}, which has its latents, for {options.Hold.TotalMilliseconds:F0} ms.");
        bool isAvoided = first.Place == WaitingPlace.Avoiding
            && workers.All.Where(worker => QueuePolicy.CanDo(worker.Group.Example, ticket.Model, ticket.Memory)).All(worker => QueuePolicy.Avoids(ticket, worker.Name));
        return isAvoided
            ? string.Create(CultureInfo.InvariantCulture, $"It failed on every worker that can do it ({string.Join(", ", ticket.Avoid)}); another one goes first for {Math.Ceiling((first.Due - now).TotalSeconds):F0} s.")
            : null;
    }

    private static string OfOthers(WaitingJob job, WaitingTicket first, WaitingWork work, QueueOptions options)
    {
        WaitingTenant tenant = job.Tenant;
        int before = tenant.Jobs.Rank(job);
        var sentences = new List<string>(2);
        if (before > 0)
        {
            int raised = 0, looked = 0;
            // Enough of them to say what decides.
            foreach (WaitingJob other in tenant.Jobs)
            {
                if (looked == before || looked == 1000) break;
                looked++;
                if (other.Tickets.Exists(item => item.Ticket.Since >= first.Ticket.Since)) raised++;
            }

            string count = before == 1 ? "1 job of its tenant goes before" : string.Create(CultureInfo.InvariantCulture, $"{before} jobs of its tenant go before");
            sentences.Add(raised == 0 ? $"{count}: older." : raised == looked ? $"{count}: {Raised(first.Ticket)}." : $"{count}: older, or {Raised(first.Ticket)}.");
        }

        foreach (WaitingTenant other in work.Active)
        {
            if (other == tenant) break;
            if (other.IsPaused || other.Jobs.Count == 0) continue;
            double lead = QueuePolicy.Lead(tenant.Standing, other.Standing);
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"Tenant {other.Name} has had less device time for its share: {tenant.Name} is {lead:F0} device-seconds ahead of it."));
            break;
        }

        if (sentences.Count == 0) sentences.Add("It is next: the workers that can do it are busy.");
        return string.Join(' ', sentences);
    }

    private static string Raised(ChunkTicket ticket) => ticket.Failures > 0 ? "of higher priority, or without this one's failures" : "of higher priority";
}
