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

    /// <summary>One empty blob a job, whose name tells age, tenant and id: the index is read from names alone.</summary>
    public const string IndexPrefix = "index/";

    public static string Index(RenderJobId job, string tenant, DateTimeOffset createdAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{IndexPrefix}{createdAt.UtcTicks:D19}.{tenant}.{job}");

    public static string Unfinished(RenderJobId job) => $"{UnfinishedPrefix}{job}";

    public static string UnfinishedStatistics(RenderJobId id) => $"{UnfinishedStatisticsPrefix}{id}";

    /// <summary>A data set's statistics, as `RenderRequest.AnalyticInit` takes them.</summary>
    public static string Statistics(RenderJobId id) => StatisticsNames.Blob(id);

    /// <summary>The moments of one shard, of one attempt.</summary>
    public static string Moments(RenderJobId id, Chunk shard, long epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{StatisticsWork(id)}{shard.Index:D6}.{epoch}.safetensors");

    public static string StatisticsWork(RenderJobId id) => $"statistics/{id}/work/";

    public static string Preview(RenderJobId job) => $"jobs/{job}/preview.png";

    /// <summary>Each attempt has a name of its own, so that a late worker cannot overwrite its successor's result.</summary>
    public static string Output(RenderJobId job, Chunk chunk, long epoch) => string.Create(
        CultureInfo.InvariantCulture, $"jobs/{job}/work/{chunk.Index:D4}.{epoch}.{(chunk.Kind == ChunkKind.Decode ? "rgb24" : "safetensors")}");

    public static string Work(RenderJobId job) => $"jobs/{job}/work/";

    public static string Video(RenderJobId job, string container) => $"jobs/{job}/video.{container}";

    public static string Poster(RenderJobId job) => $"jobs/{job}/poster.png";

    public static string Provenance(RenderJobId job) => $"jobs/{job}/provenance.json";
}
