using System.Globalization;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>Explains why a job waits, for people.</summary>
internal static class QueueReason
{
    private const double Gibibyte = 1L << 30;

    /// <summary>One or two sentences.</summary>
    internal static string Of(QueuedJob job, TicketQueue work, WorkerRegistry workers, DateTimeOffset now, QueueOptions options,
        IReadOnlySet<string>? pausedModels = null)
    {
        QueuedTicket first = job.Tickets.Min(QueuedTicket.InOrder)!;
        QueueTenant tenant = job.Tenant;
        if (job.Place is null) return $"It does not wait for a worker: it goes on at {first.Ticket.Holder} when the chunk before is done.";
        first = job.Tickets.Where(item => item.Place != TicketAccess.Bound).Min(QueuedTicket.InOrder)!;
        if (work.IsPaused) return "The queue is paused: nothing is handed out.";
        if (tenant.IsPaused) return $"Tenant {tenant.Name} is paused: nothing of it is handed out.";
        if (pausedModels?.Contains(first.Ticket.Model) == true)
            return $"Model {first.Ticket.Model} is paused: nothing of it is handed out.";
        return OfWorkers(first.Ticket, workers) ?? OfRestriction(first, workers, now, options) ?? OfOthers(job, first, work, options);
    }

    private static string? OfWorkers(ChunkTicket ticket, WorkerRegistry workers)
    {
        if (workers.Groups.Count == 0) return "No worker is there.";
        List<WorkerGroup> able = [.. workers.Groups.Where(group => group.Example.Models.Contains(ticket.Model))];
        if (able.Count == 0)
        {
            IEnumerable<string> models = workers.Groups.SelectMany(group => group.Example.Models).Distinct().Order(StringComparer.Ordinal);
            return $"No worker has model {ticket.Model}; those that are there have {string.Join(", ", models)}.";
        }

        if (able.Exists(group => QueuePolicy.CanRun(group.Example, ticket.Model, ticket.Memory))) return null;
        double needed = ticket.Memory / Gibibyte, largest = able.Max(group => group.Example.Memory) / Gibibyte;
        return string.Create(CultureInfo.InvariantCulture,
            $"It takes {needed:F1} GiB of device memory; the largest worker with model {ticket.Model} has {largest:F1} GiB.");
    }

    private static string? OfRestriction(QueuedTicket first, WorkerRegistry workers, DateTimeOffset now, QueueOptions options)
    {
        ChunkTicket ticket = first.Ticket;
        if (first.Place == TicketAccess.Held)
            return string.Create(CultureInfo.InvariantCulture,
                $"It is kept for worker {ticket.Holder}, which has its latents, for {options.Hold.TotalMilliseconds:F0} ms.");
        bool isAvoided = first.Place == TicketAccess.Avoiding
            && workers.All.Where(worker => QueuePolicy.CanRun(worker.Group.Example, ticket.Model, ticket.Memory))
                .All(worker => QueuePolicy.Avoids(ticket, worker.Name));
        double seconds = Math.Ceiling((first.Due - now).TotalSeconds);
        return isAvoided
            ? string.Create(CultureInfo.InvariantCulture,
                $"It failed on every worker that can do it ({string.Join(", ", ticket.Avoid)}); another one goes first for {seconds:F0} s.")
            : null;
    }

    private static string OfOthers(QueuedJob job, QueuedTicket first, TicketQueue work, QueueOptions options)
    {
        QueueTenant tenant = job.Tenant;
        int before = tenant.Jobs.Rank(job);
        var sentences = new List<string>(2);
        if (before > 0)
        {
            int raised = 0, looked = 0;
            // A sample is enough to tell which reason applies.
            foreach (QueuedJob other in tenant.Jobs)
            {
                if (looked == before || looked == 1000) break;
                looked++;
                if (other.Tickets.Exists(item => item.Ticket.Since >= first.Ticket.Since)) raised++;
            }

            string count = before == 1
                ? "1 job of its tenant goes before"
                : string.Create(CultureInfo.InvariantCulture, $"{before} jobs of its tenant go before");
            sentences.Add(raised == 0 ? $"{count}: older."
                : raised == looked ? $"{count}: {Raised(first.Ticket)}."
                : $"{count}: older, or {Raised(first.Ticket)}.");
        }

        foreach (QueueTenant other in work.Active)
        {
            if (other == tenant) break;
            if (other.IsPaused || other.Jobs.Count == 0) continue;
            double lead = QueuePolicy.Lead(tenant.Usage, other.Usage);
            sentences.Add(string.Create(CultureInfo.InvariantCulture,
                $"Tenant {other.Name} has had less device time for its share: {tenant.Name} is {lead:F0} device-seconds ahead of it."));
            break;
        }

        if (sentences.Count == 0) sentences.Add("It is next: the workers that can do it are busy.");
        return string.Join(' ', sentences);
    }

    private static string Raised(ChunkTicket ticket) =>
        ticket.Failures > 0 ? "of higher priority, or without this one's failures" : "of higher priority";
}
