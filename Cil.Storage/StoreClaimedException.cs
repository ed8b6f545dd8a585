namespace Cil.Storage;

/// <summary>Another grid has the bucket or container: two would hand out the same work twice.</summary>
public sealed class StoreClaimedException(string owner, string own)
    : IOException(
        $"the storage is in use by '{owner}', and this is '{own}': two grids on one bucket or container would hand out the same work "
            + $"twice; give the same cluster and cluster id, stop the other one, or give other storage")
{
    /// <summary>Who has it.</summary>
    public string Owner { get; } = owner;
}
