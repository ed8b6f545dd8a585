using Cil.Interfaces;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>
/// Counts device slots for each class. What waits counts for the first class that can do it: the listed ones in their order,
/// then those that only have workers, by name. What runs counts for the class of its worker.
/// </summary>
internal sealed class DemandCounter(
    TicketQueue work, WorkerRegistry workers, IReadOnlyList<ListedClass> listed, IReadOnlySet<string>? pausedModels = null)
{
    internal IReadOnlyList<ClassDemand> Count()
    {
        List<ListedClass> classes = [.. listed, .. workers.Groups.Select(group => group.Example.Class).Distinct()
            .Where(name => !listed.Any(one => one.Name == name)).Order(StringComparer.Ordinal).Select(name => new ListedClass(name, 0))];
        if (classes.Count == 0) return [];
        Dictionary<string, int> waiting = CountWaiting(classes), running = CountRunning(classes);
        return [.. classes.Select(one => new ClassDemand(one.Name, waiting.GetValueOrDefault(one.Name), running.GetValueOrDefault(one.Name),
            workers.Groups.Where(group => group.Example.Class == one.Name).Sum(group => group.Workers)))];
    }

    private Dictionary<string, int> CountWaiting(List<ListedClass> classes)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string model, long memory, int tickets) in work.WaitingByNeed())
        {
            if (pausedModels?.Contains(model) != true && ClassFor(classes, model, memory) is { } name)
                counts[name] = counts.GetValueOrDefault(name) + tickets;
        }

        return counts;
    }

    // A worker has up to three chunks, of which one is on the device: those of one job count once. A bound ticket's worker has
    // the chunk before, also where this queue was begun anew and did not hand it out.
    private Dictionary<string, int> CountRunning(List<ListedClass> classes)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var pairs = new HashSet<(string, RenderJobId)>();
        foreach ((string worker, ChunkTicket ticket) in work.AssignedAndBound())
        {
            if (!pairs.Add((worker, ticket.Job))) continue;
            string? name = workers.Find(worker)?.Group.Example.Class ?? ClassFor(classes, ticket.Model, ticket.Memory);
            if (name is not null) counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }

    // What workers of a class say of themselves counts before what is listed.
    private string? ClassFor(List<ListedClass> classes, string model, long memory) => classes.Find(one =>
    {
        bool isKnown = false;
        foreach (WorkerGroup group in workers.Groups)
        {
            if (group.Example.Class != one.Name) continue;
            if (QueuePolicy.CanRun(group.Example, model, memory)) return true;
            isKnown = true;
        }

        return !isKnown && (memory == 0 || one.Memory == 0 || memory <= one.Memory);
    })?.Name;
}
