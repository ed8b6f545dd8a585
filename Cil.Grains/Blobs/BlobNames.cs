using System.Globalization;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Statistics;

namespace Cil.Grains.Blobs;

/// <summary>Where the parts of a job lie. All of them share one prefix, so that deleting a job deletes them all.</summary>
public static class BlobNames
{
    public static string Job(RenderJobId job) => $"jobs/{job}/";

    /// <summary>Marks of unfinished jobs, so that they are found without reading all jobs.</summary>
    public const string UnfinishedPrefix = "unfinished/";

    /// <summary>Marks of unfinished measurements; no job's id has a '/'.</summary>
    public const string UnfinishedStatisticsPrefix = $"{UnfinishedPrefix}statistics/";

    /// <summary>Marks of batches whose jobs are not all submitted.</summary>
    public const string UnfinishedBatchPrefix = $"{UnfinishedPrefix}batches/";

    /// <summary>One empty blob a job, whose name tells age, tenant and id: the index is read from names alone.</summary>
    public const string IndexPrefix = "index/";

    /// <summary>The same, one a batch.</summary>
    public const string BatchIndexPrefix = "batchindex/";

    /// <summary>One empty blob for each tenant that has events to be delivered.</summary>
    public const string UnsentPrefix = "unsent/";

    public static string Index(RenderJobId job, string tenant, DateTimeOffset createdAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{IndexPrefix}{createdAt.UtcTicks:D19}.{tenant}.{job}");

    public static string BatchIndex(RenderJobId batch, string tenant, DateTimeOffset createdAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{BatchIndexPrefix}{createdAt.UtcTicks:D19}.{tenant}.{batch}");

    /// <summary>One empty blob for each job that was cancelled before it was known.</summary>
    public const string EarlyCancelPrefix = "cancelled/";

    public static string EarlyCancel(RenderJobId job, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{EarlyCancelPrefix}{at.UtcTicks:D19}.{job}");

    public static string Unfinished(RenderJobId job) => $"{UnfinishedPrefix}{job}";

    public static string UnfinishedStatistics(RenderJobId id) => $"{UnfinishedStatisticsPrefix}{id}";

    public static string UnfinishedBatch(RenderJobId id) => $"{UnfinishedBatchPrefix}{id}";

    /// <summary>A data set's statistics, as `RenderRequest.AnalyticInit` takes them.</summary>
    public static string Statistics(RenderJobId id) => StatisticsNames.Blob(id);

    /// <summary>The moments of one shard, of one attempt.</summary>
    public static string Moments(RenderJobId id, Chunk shard, long epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{StatisticsWork(id)}{shard.Index:D6}.{epoch}.safetensors");

    public static string StatisticsWork(RenderJobId id) => $"statistics/{id}/work/";

    public static string Preview(RenderJobId job) => $"jobs/{job}/preview.png";

    /// <summary>Each attempt has a name of its own, so that a late worker cannot overwrite its successor's result.</summary>
    public static string Output(RenderJobId job, Chunk chunk, long epoch) => string.Create(
        CultureInfo.InvariantCulture,
        $"jobs/{job}/work/{chunk.Index:D4}.{epoch}.{(chunk.Kind == ChunkKind.Decode ? "rgb24" : "safetensors")}");

    public static string Work(RenderJobId job) => $"jobs/{job}/work/";

    public static string Video(RenderJobId job, string container) => $"jobs/{job}/video.{container}";

    /// <summary>The draft of a video that waits for approval.</summary>
    public static string Draft(RenderJobId job, string container) => $"jobs/{job}/draft.{container}";

    public static string Poster(RenderJobId job) => $"jobs/{job}/poster.png";

    public static string Provenance(RenderJobId job) => $"jobs/{job}/provenance.json";

    public static string Unsent(string tenant) => $"{UnsentPrefix}{tenant}";

    /// <summary>Deliveries that are to be sent, below their endpoint's id.</summary>
    public static string WebhooksPending(string tenant) => $"webhooks/{tenant}/pending/";

    /// <summary>Deliveries that have ended, below their endpoint's id.</summary>
    public static string WebhooksEnded(string tenant) => $"webhooks/{tenant}/ended/";

    /// <summary>A delivery's own part of its name; they are in the order of time.</summary>
    public static string WebhookDelivery(DateTimeOffset createdAt, string eventId) =>
        string.Create(CultureInfo.InvariantCulture, $"{createdAt.UtcTicks:D19}.{eventId}");
}
