using System.Text.Json;
using Cil.Grains.Jobs;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Faults;

/// <summary>Jobs as they lie in the grid's storage, read beside the grid.</summary>
internal sealed class StoredJobs(IFaultSite site)
{
    /// <summary>The stored job, or null while there is none.</summary>
    internal RenderJobState? Read(string job) =>
        site.Read($"state/job/{job}.json") is { } content ? JsonSerializer.Deserialize<RenderJobState>(content) : null;

    /// <summary>How often chunks of the job were handed out.</summary>
    internal static long Handed(RenderJobState job) => job.Chunks.Sum(chunk => chunk.Epoch);

    /// <summary>Whether chunks are still to be rendered of a job that had begun.</summary>
    internal static bool IsUnderWay(RenderJobState job) =>
        job.State is JobState.Running
            && job.Chunks.Exists(chunk => chunk.OutputBlob is null)
            && job.Chunks.Exists(chunk => chunk.Epoch > 0);

    /// <summary>Whether that silo has a chunk of it.</summary>
    internal static bool IsWith(RenderJobState job, string silo) =>
        job.Chunks.Exists(chunk => chunk.OutputBlob is null && chunk.Worker?.StartsWith($"{silo}/", StringComparison.Ordinal) == true);

    /// <summary>Chunks whose result is not that of the epoch that they were handed out with last: a late holder's work was taken.</summary>
    internal static int Unfenced(RenderJobState job) =>
        job.Chunks.Count(chunk => chunk.OutputBlob is { } blob && !blob.Contains($".{chunk.Epoch}.", StringComparison.Ordinal));
}
