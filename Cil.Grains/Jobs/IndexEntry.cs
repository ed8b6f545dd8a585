using System.Globalization;
using Cil.Grains.Blobs;
using Cil.Interfaces;

namespace Cil.Grains.Jobs;

/// <summary>A job, or a batch, in the index, in the order of age.</summary>
internal readonly record struct IndexEntry(DateTimeOffset CreatedAt, string Tenant, RenderJobId Job) : IComparable<IndexEntry>
{
    public int CompareTo(IndexEntry other)
    {
        int order = CreatedAt.CompareTo(other.CreatedAt);
        return order != 0 ? order : string.CompareOrdinal(Job.Value, other.Job.Value);
    }

    /// <summary>The entry that a blob's name stands for; null when it stands for none.</summary>
    /// <param name="prefix">Of the index that the blob is of.</param>
    internal static IndexEntry? Of(string blob, string prefix = BlobNames.IndexPrefix)
    {
        string[] parts = blob[prefix.Length..].Split('.');
        return parts is [var ticks, var tenant, var job]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out long created)
            && created <= DateTimeOffset.MaxValue.Ticks && RenderJobId.IsId(job)
            ? new IndexEntry(new DateTimeOffset(created, TimeSpan.Zero), tenant, new RenderJobId(job))
            : null;
    }
}
