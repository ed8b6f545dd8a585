using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;

namespace Cil.Client.Jobs;

/// <summary>What other services call to have videos made.</summary>
public interface ICilClient
{
    /// <inheritdoc cref="SubmitAsync(RenderRequest, Upload, RenderJobId?, Upload?, CancellationToken)"/>
    Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default);

    /// <summary>Uploads the image and submits the job. When this returns, the job is in storage.</summary>
    /// <param name="image">A picture: PNG, JPEG, WebP, GIF, TIFF, AVIF and more (docs/media.md).</param>
    /// <param name="id">The job's id; the same id and request again give the same job. Null for a new one.</param>
    /// <param name="statistics">An Analytic-Init statistics file; null for what the request says.</param>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    /// <exception cref="RequestMismatchException">The id is another request's.</exception>
    /// <exception cref="QueueFullException">There is no room now.</exception>
    Task<Receipt> SubmitAsync(RenderRequest request, Upload image, RenderJobId? id = null, Upload? statistics = null, CancellationToken cancellationToken = default);

    /// <summary>The job as it stands, or null when there is none.</summary>
    Task<JobSnapshot?> GetAsync(RenderJobId id);

    /// <summary>A page of jobs as they stand. One that has fewer than were asked for is the last.</summary>
    /// <exception cref="ArgumentException">The query's limit is not 1 to 1000, or the job that it is to come after is not there.</exception>
    Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>A snapshot now and at each change, up to and with the last.</summary>
    IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Has a data set's statistics measured, and follows it to the end; breaking off cancels it. What is there already is not measured again.</summary>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(StatisticsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Stops the job in any state; does nothing to a finished one.</summary>
    Task CancelAsync(RenderJobId id);

    /// <summary>Begins nothing more of a job until it is unpaused; the chunks in hand go to their end.</summary>
    /// <returns>The job as it stands then, or null when there is none. The same holds for the next two.</returns>
    Task<JobSnapshot?> PauseAsync(RenderJobId id);

    /// <summary>Goes on with a paused job; does nothing to another.</summary>
    Task<JobSnapshot?> UnpauseAsync(RenderJobId id);

    /// <summary>Takes a failed job up again from its last checkpoint; does nothing to another.</summary>
    Task<JobSnapshot?> RetryAsync(RenderJobId id);

    /// <summary>Cancels the job if it is not over, and removes it with every blob of it.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> DeleteAsync(RenderJobId id);

    /// <summary>Why a job waits, in words; null when it does not wait.</summary>
    Task<string?> WhyAsync(RenderJobId id);

    /// <summary>The queue, its tenants and its workers.</summary>
    Task<QueueStatus> QueueAsync();

    /// <summary>Hands nothing more out, of one tenant or, with null, at all. Chunks in hand go to their end.</summary>
    Task PauseQueueAsync(string? tenant = null);

    Task UnpauseQueueAsync(string? tenant = null);

    /// <summary>A tenant's quotas and what it has used.</summary>
    Task<TenantSnapshot> TenantAsync(string tenant);

    /// <summary>The same of the tenants that wait, work, or have a key.</summary>
    Task<IReadOnlyList<TenantSnapshot>> TenantsAsync();

    /// <summary>Sets what a tenant may use.</summary>
    Task<TenantSnapshot> SetQuotaAsync(string tenant, TenantQuota quota);

    /// <summary>The bytes of a video, a poster or a preview that a snapshot names.</summary>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default);
}
