using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>Workers by what they said of themselves when they asked, and who of them waits for work.</summary>
internal sealed class KnownWorkers
{
    private readonly Dictionary<string, KnownWorker> workers = new(StringComparer.Ordinal);
    private readonly List<WorkerGroup> groups = [];

    internal IReadOnlyCollection<KnownWorker> All => workers.Values;

    internal IReadOnlyList<WorkerGroup> Groups => groups;

    internal bool HasIdle => groups.Exists(group => group.Idle.Count > 0);

    /// <summary>The most memory that a device has, in bytes; 0 where one does not tell, or none is there.</summary>
    internal long LargestMemory => groups.Count == 0 || groups.Exists(group => group.Example.Memory == 0) ? 0 : groups.Max(group => group.Example.Memory);

    /// <summary>A worker asks: it is there, and not idle.</summary>
    internal KnownWorker Hear(WorkerOffer offer, DateTimeOffset now)
    {
        if (!workers.TryGetValue(offer.Worker, out KnownWorker? worker))
        {
            worker = new KnownWorker(offer.Worker, GroupOf(offer));
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

        worker.Heard = now;
        return worker;
    }

    internal static void SetIdle(KnownWorker worker)
    {
        worker.IdleAt = worker.Group.Idle.Count;
        worker.Group.Idle.Add(worker);
    }

    /// <summary>An idle worker that a ticket can go to now, which is idle no more: who has its latents, else who has its model loaded, else any.</summary>
    internal string? Pick(ChunkTicket ticket, DateTimeOffset offered, DateTimeOffset now, QueueOptions options)
    {
        if (Find() is not { } worker) return null;
        SetBusy(worker);
        return worker.Name;

        KnownWorker? Find()
        {
            if (ticket.Holder is { } holder && workers.TryGetValue(holder, out KnownWorker? own) && own.IdleAt >= 0 && IsFor(own)) return own;
            return groups.Where(group => group.Idle.Count > 0 && QueuePolicy.CanDo(group.Example, ticket.Model, ticket.Memory))
                .OrderByDescending(group => group.Example.Loaded == ticket.Model)
                .Select(group => group.Idle.FindLast(IsFor)).FirstOrDefault(worker => worker is not null);
        }

        bool IsFor(KnownWorker worker) => QueuePolicy.CanDo(worker.Group.Example, ticket.Model, ticket.Memory) && QueuePolicy.IsOpenTo(ticket, offered, worker.Name, now, options);
    }

    /// <summary>All idle workers, which are idle no more.</summary>
    internal IReadOnlyList<string> PickAll()
    {
        List<KnownWorker> idle = [.. groups.SelectMany(group => group.Idle)];
        foreach (KnownWorker worker in idle) SetBusy(worker);
        return [.. idle.Select(worker => worker.Name)];
    }

    internal void Forget(string name)
    {
        if (!workers.Remove(name, out KnownWorker? worker)) return;
        SetBusy(worker);
        Leave(worker);
    }

    private static void SetBusy(KnownWorker worker)
    {
        if (worker.IdleAt < 0) return;
        List<KnownWorker> idle = worker.Group.Idle;
        // The last one takes its place.
        idle[worker.IdleAt] = idle[^1];
        idle[worker.IdleAt].IdleAt = worker.IdleAt;
        idle.RemoveAt(idle.Count - 1);
        worker.IdleAt = -1;
    }

    private void Leave(KnownWorker worker)
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
