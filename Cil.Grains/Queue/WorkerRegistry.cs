using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>The workers that have asked for work, in groups of equal abilities, and which of them are idle.</summary>
internal sealed class WorkerRegistry
{
    private readonly Dictionary<string, RegisteredWorker> workers = new(StringComparer.Ordinal);
    private readonly List<WorkerGroup> groups = [];

    internal IReadOnlyCollection<RegisteredWorker> All => workers.Values;

    internal IReadOnlyList<WorkerGroup> Groups => groups;

    internal bool HasIdle => groups.Exists(group => group.Idle.Count > 0);

    /// <summary>The largest device memory of all workers, in bytes; 0 where a worker does not report it, or there is no worker.</summary>
    internal long LargestMemory =>
        groups.Count == 0 || groups.Exists(group => group.Example.Memory == 0) ? 0 : groups.Max(group => group.Example.Memory);

    /// <summary>A worker asks for work: it is known from here on, and not idle.</summary>
    internal RegisteredWorker Register(WorkerOffer offer, DateTimeOffset now)
    {
        if (!workers.TryGetValue(offer.Worker, out RegisteredWorker? worker))
        {
            worker = new RegisteredWorker(offer.Worker, GroupOf(offer));
            worker.Group.Workers++;
            workers.Add(offer.Worker, worker);
        }

        SetBusy(worker);
        if (!worker.Group.Fits(offer))
        {
            Leave(worker);
            worker.Group = GroupOf(offer);
            worker.Group.Workers++;
        }

        worker.LastSeen = now;
        return worker;
    }

    internal static void SetIdle(RegisteredWorker worker)
    {
        worker.IdleAt = worker.Group.Idle.Count;
        worker.Group.Idle.Add(worker);
    }

    /// <summary>
    /// Picks an idle worker for a ticket and marks it busy: the one that has the latents, else one that has the model
    /// loaded, else any.
    /// </summary>
    internal string? Pick(ChunkTicket ticket, DateTimeOffset offered, DateTimeOffset now, QueueOptions options)
    {
        if (Find() is not { } worker) return null;
        SetBusy(worker);
        return worker.Name;

        RegisteredWorker? Find()
        {
            if (ticket.Holder is { } holder && workers.TryGetValue(holder, out RegisteredWorker? own) && own.IdleAt >= 0 && IsFor(own))
                return own;
            return groups.Where(group => group.Idle.Count > 0 && QueuePolicy.CanRun(group.Example, ticket.Model, ticket.Memory))
                .OrderByDescending(group => group.Example.Loaded == ticket.Model)
                .Select(group => group.Idle.FindLast(IsFor)).FirstOrDefault(worker => worker is not null);
        }

        bool IsFor(RegisteredWorker worker) =>
            QueuePolicy.CanRun(worker.Group.Example, ticket.Model, ticket.Memory)
                && QueuePolicy.IsOpenTo(ticket, offered, worker.Name, now, options);
    }

    /// <summary>Picks all idle workers and marks them busy.</summary>
    internal IReadOnlyList<string> PickAll()
    {
        List<RegisteredWorker> idle = [.. groups.SelectMany(group => group.Idle)];
        foreach (RegisteredWorker worker in idle) SetBusy(worker);
        return [.. idle.Select(worker => worker.Name)];
    }

    internal RegisteredWorker? Find(string name) => workers.GetValueOrDefault(name);

    internal void Forget(string name)
    {
        if (!workers.Remove(name, out RegisteredWorker? worker)) return;
        SetBusy(worker);
        Leave(worker);
    }

    private static void SetBusy(RegisteredWorker worker)
    {
        if (worker.IdleAt < 0) return;
        List<RegisteredWorker> idle = worker.Group.Idle;
        // The last one takes its place.
        idle[worker.IdleAt] = idle[^1];
        idle[worker.IdleAt].IdleAt = worker.IdleAt;
        idle.RemoveAt(idle.Count - 1);
        worker.IdleAt = -1;
    }

    private void Leave(RegisteredWorker worker)
    {
        if (--worker.Group.Workers == 0) _ = groups.Remove(worker.Group);
    }

    private WorkerGroup GroupOf(WorkerOffer offer)
    {
        if (groups.Find(group => group.Fits(offer)) is { } group) return group;
        group = new WorkerGroup(offer);
        groups.Add(group);
        return group;
    }
}
