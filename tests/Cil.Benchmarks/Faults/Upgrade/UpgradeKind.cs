namespace Cil.Benchmarks.Faults.Upgrade;

/// <summary>How silos of the version before are replaced.</summary>
internal enum UpgradeKind
{
    /// <summary>Each is told to stop.</summary>
    Stopped,

    /// <summary>The same; half-way all goes back to the version before, and then on again.</summary>
    TurnedBack,

    /// <summary>Each is killed.</summary>
    Killed,
}
