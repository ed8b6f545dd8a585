namespace Cil.Grains.Queue;

/// <summary>A worker that has asked for work.</summary>
internal sealed class RegisteredWorker(string name, WorkerGroup group)
{
    internal string Name => name;

    internal WorkerGroup Group { get; set; } = group;

    internal DateTimeOffset LastSeen { get; set; }

    /// <summary>Its index among the idle workers of its group; -1 while it is not idle.</summary>
    internal int IdleAt { get; set; } = -1;
}
