namespace Cil.Grains.Blobs;

/// <summary>State that cannot be recreated: when it is damaged its grain is told so, reports it, and can be deleted.</summary>
internal interface IDamageable
{
    /// <summary>Why what is stored cannot be used; null where it can. It is never stored.</summary>
    string? Damage { get; set; }

    /// <summary>Which parts of the state contradict each other; null where none do.</summary>
    string? Inconsistency();
}
