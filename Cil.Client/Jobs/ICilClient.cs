using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;

namespace Cil.Client.Jobs;

/// <summary>What other services call to have videos made.</summary>
/// <remarks>
/// Every call throws <see cref="CilApiException"/> where the service refuses it or cannot be reached; a client inside the cluster also
/// Orleans' own exceptions. Every call ends with <see cref="OperationCanceledException"/> when its token is cancelled; what the service
/// had begun then goes on, but for <see cref="BuildStatisticsAsync"/>.
/// </remarks>
public interface ICilClient
{
    /// <inheritdoc cref="SubmitAsync(RenderRequest, Upload, RenderJobId?, Upload?, CancellationToken)"/>
    Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default,
        CancellationToken cancellationToken = default);

    /// <summary>Uploads the image and submits the job. When this returns, the job is in storage.</summary>
    /// <param name="image">A picture: PNG, JPEG, WebP, GIF, TIFF, AVIF and more (docs/media.md).</param>
    /// <param name="id">The job's id; the same id and request again give the same job. Null for a new one.</param>
    /// <param name="statistics">An Analytic-Init statistics file; null for what the request says.</param>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    /// <exception cref="RequestMismatchException">The id is another request's.</exception>
    /// <exception cref="QueueFullException">There is no room now.</exception>
    Task<Receipt> SubmitAsync(RenderRequest request, Upload image, RenderJobId? id = null, Upload? statistics = null,
        CancellationToken cancellationToken = default);

    /// <summary>The job as it stands, or null when there is none.</summary>
    Task<JobSnapshot?> GetAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>A page of jobs as they stand. One that has fewer than were asked for is the last.</summary>
    /// <exception cref="ArgumentException">
    /// The query's limit is not 1 to 1000, or the job that it is to come after is not there.
    /// </exception>
    Task<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>A snapshot now and at each change, up to and with the last.</summary>
    IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has a data set's statistics measured, and follows it to the end; breaking off cancels it. What is there already is not
    /// measured again.
    /// </summary>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    IAsyncEnumerable<StatisticsSnapshot> BuildStatisticsAsync(StatisticsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Stops the job in any state; does nothing to a finished one.</summary>
    Task CancelAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Begins nothing more of a job until it is unpaused; the chunks in hand go to their end.</summary>
    /// <returns>The job as it stands then, or null when there is none. The same holds for the next two.</returns>
    Task<JobSnapshot?> PauseAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Goes on with a paused job; does nothing to another.</summary>
    Task<JobSnapshot?> UnpauseAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Takes a failed job up again from its last checkpoint; does nothing to another.</summary>
    Task<JobSnapshot?> RetryAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Has the video made of a job whose draft waits for approval; does nothing to another.</summary>
    /// <returns>The job as it stands then, or null when there is none. The same holds for the next two.</returns>
    Task<JobSnapshot?> ApproveAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Cancels a job whose draft waits for approval, with the error rejected; does nothing to another.</summary>
    Task<JobSnapshot?> RejectAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Changes the priority of a job that is not over; does nothing to another.</summary>
    /// <param name="priority">-100 to 100.</param>
    /// <exception cref="RequestRefusedException">The priority is none.</exception>
    Task<JobSnapshot?> SetPriorityAsync(RenderJobId id, int priority, CancellationToken cancellationToken = default);

    /// <summary>Cancels the job if it is not over, and removes it with every blob of it.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> DeleteAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Submits several videos of one request: each picture with each seed. When this returns, the batch is in storage.</summary>
    /// <param name="request">What they share, and their seeds or how many there are; at most 256 videos.</param>
    /// <param name="images">The pictures, 1 to 16.</param>
    /// <param name="id">The batch's id, at most 60 characters; the same id and request again give the same batch. Null for a new
    /// one.</param>
    /// <returns>The batch. Its first job is accepted; where the queue has no room for the others, they follow later.</returns>
    /// <exception cref="RequestRefusedException">The request has faults; all are listed.</exception>
    /// <exception cref="RequestMismatchException">The id is another request's.</exception>
    /// <exception cref="QueueFullException">There is no room for its first job.</exception>
    Task<BatchReceipt> SubmitBatchAsync(
        BatchRequest request, IReadOnlyList<Upload> images, RenderJobId? id = null, CancellationToken cancellationToken = default);

    /// <summary>The batch as it stands with its jobs, or null when there is none, or all its jobs were deleted.</summary>
    Task<BatchSnapshot?> GetBatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>A page of batches. What they come to may be some seconds old.</summary>
    /// <exception cref="ArgumentException">The limit is none, or the batch that the page is to come after is not there.</exception>
    Task<IReadOnlyList<BatchSummary>> ListBatchesAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>A snapshot now and at each change, at most one a second, up to and with the last.</summary>
    IAsyncEnumerable<BatchSnapshot> WatchBatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Cancels all its jobs; those that are over stay as they are.</summary>
    /// <returns>The batch as it stands then, or null when there is none.</returns>
    Task<BatchSnapshot?> CancelBatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Cancels the batch if it is not over, and removes it with its jobs and every blob of theirs.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> DeleteBatchAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>Why a job waits, in words; null when it does not wait.</summary>
    Task<string?> WhyAsync(RenderJobId id, CancellationToken cancellationToken = default);

    /// <summary>The queue, its tenants and its workers.</summary>
    Task<QueueStatus> QueueAsync(CancellationToken cancellationToken = default);

    /// <summary>The demand for devices of each class.</summary>
    Task<IReadOnlyList<ClassDemand>> DemandAsync(CancellationToken cancellationToken = default);

    /// <summary>Hands nothing more out, of one tenant or, with null, at all. Chunks in hand go to their end.</summary>
    Task PauseQueueAsync(string? tenant = null, CancellationToken cancellationToken = default);

    Task UnpauseQueueAsync(string? tenant = null, CancellationToken cancellationToken = default);

    /// <summary>Hands nothing more out of one model. Chunks in hand go to their end.</summary>
    Task PauseModelAsync(string model, CancellationToken cancellationToken = default);

    Task UnpauseModelAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>A tenant's quotas and what it has used.</summary>
    Task<TenantSnapshot> TenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>The same of the tenants that wait, work, or have a key.</summary>
    Task<IReadOnlyList<TenantSnapshot>> TenantsAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets what a tenant may use.</summary>
    Task<TenantSnapshot> SetQuotaAsync(string tenant, TenantQuota quota, CancellationToken cancellationToken = default);

    /// <summary>The bytes of a video, a draft, a poster or a preview that a snapshot names.</summary>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default);

    /// <summary>Writes a video, a poster or a preview that a snapshot names to a stream, piece by piece.</summary>
    /// <param name="destination">Is written to from where it stands; after an exception it may hold a part.</param>
    /// <param name="progress">Told of each piece; null for nobody.</param>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    /// <exception cref="IOException">It was replaced or deleted while it was read.</exception>
    Task DownloadAsync(
        string blob, Stream destination, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default);
}
