namespace Cil.Grains.Webhooks;

/// <summary>The deliveries to one endpoint, by when they are due. One endpoint that is slow keeps no other waiting.</summary>
internal sealed class DeliveryLane(string endpoint)
{
    // Requests to one endpoint at the same time.
    private const int AtOnce = 4;

    private readonly SortedSet<(DateTimeOffset Due, string Name)> waiting = [];
    private readonly Dictionary<string, DateTimeOffset> dueByName = new(StringComparer.Ordinal);
    private readonly HashSet<string> inFlight = new(StringComparer.Ordinal);

    internal string Endpoint => endpoint;

    internal bool IsEmpty => waiting.Count == 0 && inFlight.Count == 0;

    /// <summary>When the next one may be begun; null where none waits, or as many as may be are under way.</summary>
    internal DateTimeOffset? NextDue => inFlight.Count < AtOnce && waiting.Count > 0 ? waiting.Min.Due : null;

    internal bool IsInFlight(string name) => inFlight.Contains(name);

    /// <summary>Adds one that waits, or changes when it is due; one that is under way stays as it is.</summary>
    internal void Add(string name, DateTimeOffset due)
    {
        if (inFlight.Contains(name)) return;
        if (dueByName.TryGetValue(name, out DateTimeOffset before)) _ = waiting.Remove((before, name));
        dueByName[name] = due;
        _ = waiting.Add((due, name));
    }

    /// <summary>Begins the next one that is due; null where there is none.</summary>
    internal string? Take(DateTimeOffset now)
    {
        if (NextDue is not { } due || due > now) return null;
        (DateTimeOffset Due, string Name) first = waiting.Min;
        _ = waiting.Remove(first);
        _ = dueByName.Remove(first.Name);
        _ = inFlight.Add(first.Name);
        return first.Name;
    }

    /// <summary>Ends one that was begun.</summary>
    /// <param name="due">When it is due again; null where it has ended.</param>
    internal void Return(string name, DateTimeOffset? due)
    {
        _ = inFlight.Remove(name);
        if (due is { } again) Add(name, again);
    }
}
