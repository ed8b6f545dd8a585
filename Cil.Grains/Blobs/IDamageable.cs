namespace Cil.Grains.Blobs;

/// <summary>State that cannot be made again: its grain is told that it is damaged, says so, and can be deleted.</summary>
internal interface IDamageable
{
    /// <summary>Why what is stored cannot be used; null where it can. It is never stored.</summary>
    string? Damage { get; set; }

    /// <summary>What of the state does not fit together; null where all does.</summary>
    string? Inconsistency();
}
