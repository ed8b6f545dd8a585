using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>More of a job than its snapshots show, for the API.</summary>
public interface IJobDetails
{
    /// <summary>What a job was made with and how its chunks stand; null when there is none, or nothing is known of it.</summary>
    Task<JobDetails?> DetailsAsync(RenderJobId id);
}
