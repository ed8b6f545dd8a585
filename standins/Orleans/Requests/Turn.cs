namespace Orleans.Runtime;

/// <summary>Something that runs on an activation, one at a time unless interleaving is allowed.</summary>
internal abstract class Turn
{
    internal virtual bool IsReadOnly => false;

    internal virtual bool IsAlwaysInterleave => false;

    /// <summary>Whether it counts as use of the activation.</summary>
    internal virtual bool KeepsAlive => true;

    internal virtual Dictionary<string, object>? Context => null;

    internal abstract Task RunAsync(Activation activation);

    /// <summary>It will not run, or not to its end.</summary>
    internal abstract void Reject(Exception reason);

    /// <summary>The activation ended before this began.</summary>
    internal abstract void Forward(Silo silo);
}
