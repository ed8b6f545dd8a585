using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;

namespace Cil.Client.Jobs;

/// <summary>What other services call to have videos made.</summary>
public interface ICilClient
{
    /// <summary>Uploads the image and submits the job. When this returns, the job is in storage.</summary>
    /// <param name="image">A file's bytes, in any format that ffmpeg reads.</param>
    /// <param name="id">The job's id; the same id again gives the same job. Null for a new one.</param>
    /// <param name="statistics">An Analytic-Init statistics file; empty for what the request says.</param>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default);

    /// <summary>The job as it stands, or null when there is none.</summary>
    Task<JobSnapshot?> GetAsync(RenderJobId id);

    /// <summary>A snapshot now and at each change, up to and with the last.</summary>
    IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Has a data set's statistics measured, and follows it to the end; breaking off cancels it. What is there already is not measured again.</summary>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(StatisticsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Stops the job in any state; does nothing to a finished one.</summary>
    Task CancelAsync(RenderJobId id);

    /// <summary>The bytes of a video, a poster or a preview that a snapshot names.</summary>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default);
}
