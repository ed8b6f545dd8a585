using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>What a tenant may use; null for no limit of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApiQuota
{
    /// <summary>Jobs that wait.</summary>
    public int? WaitingJobs { get; init; }

    /// <summary>Device time of one day (UTC), in seconds.</summary>
    public double? DeviceSecondsPerDay { get; init; }

    /// <summary>Uploads and videos that are kept.</summary>
    public long? StoredBytes { get; init; }

    /// <summary>Of one job: pixels times denoising steps, of all frames.</summary>
    public long? JobWork { get; init; }
}
