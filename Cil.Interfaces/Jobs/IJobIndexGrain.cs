namespace Cil.Interfaces.Jobs;

/// <summary>All jobs by their age. There is one, with key 0; it is rebuilt from storage when its silo is lost.</summary>
[Alias("cil.IJobIndexGrain")]
public interface IJobIndexGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a job; a second time changes nothing.</summary>
    [Alias("Add")] Task AddAsync(RenderJobId job, string tenant, DateTimeOffset createdAt);

    [Alias("Remove")] Task RemoveAsync(RenderJobId job);

    /// <summary>A page of jobs with their places.</summary>
    /// <exception cref="ArgumentException">The job that the page is to come after is not there.</exception>
    [Alias("Page")] Task<IReadOnlyList<JobCursor>> PageAsync(JobQuery query);

    /// <summary>The jobs of a page.</summary>
    /// <exception cref="ArgumentException">The job that the page is to come after is not there.</exception>
    [Alias("List")] Task<IReadOnlyList<RenderJobId>> ListAsync(JobQuery query);
}
