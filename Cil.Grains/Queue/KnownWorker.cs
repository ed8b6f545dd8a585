namespace Cil.Grains.Queue;

/// <summary>A worker that has asked for work.</summary>
internal sealed class KnownWorker(string name, WorkerGroup group)
{
    internal string Name => name;

    internal WorkerGroup Group { get; set; } = group;

    internal DateTimeOffset Heard { get; set; }

    /// <summary>Its place among the idle of its group; -1 while it is not idle.</summary>
    internal int IdleAt { get; set; } = -1;
}
