using Orleans.CodeGeneration;

namespace Cil.Interfaces.Jobs;

/// <summary>
/// All jobs by their age, and with another key all batches, whose ids stand for jobs' here; rebuilt from storage when its silo is lost.
/// </summary>
[Alias("cil.IJobIndexGrain"), Version(1)]
public interface IJobIndexGrain : IGrainWithIntegerKey
{
    /// <summary>The keys of the two.</summary>
    const long Jobs = 0, Batches = 1;

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
