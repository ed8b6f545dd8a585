namespace Cil.Interfaces.Jobs;

/// <summary>All jobs by their age. There is one, with key 0; it is rebuilt from storage when its silo is lost.</summary>
[Alias("cil.IJobIndexGrain")]
public interface IJobIndexGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a job; a second time changes nothing.</summary>
    [Alias("Add")] Task AddAsync(RenderJobId job, string tenant, DateTimeOffset createdAt);

    [Alias("Remove")] Task RemoveAsync(RenderJobId job);

    /// <summary>A page of jobs.</summary>
    [Alias("List")] Task<IReadOnlyList<RenderJobId>> ListAsync(JobQuery query);
}
