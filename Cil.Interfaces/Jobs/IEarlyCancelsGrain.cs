namespace Cil.Interfaces.Jobs;

/// <summary>
/// Which jobs were cancelled before they were known: so many at most, and each for a time only. There is one, with key 0; it
/// is rebuilt from storage when its silo is lost.
/// </summary>
[Alias("cil.IEarlyCancelsGrain")]
public interface IEarlyCancelsGrain : IGrainWithIntegerKey
{
    /// <summary>Counts one; a second time changes nothing.</summary>
    /// <returns>Whether there is room for it.</returns>
    [Alias("Add")] Task<bool> AddAsync(RenderJobId job);

    /// <summary>Those whose time is over.</summary>
    [Alias("Expired")] Task<IReadOnlyList<RenderJobId>> ExpiredAsync();

    [Alias("Remove")] Task RemoveAsync(RenderJobId job);
}
