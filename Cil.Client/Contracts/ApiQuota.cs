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

    /// <summary>Days that finished jobs are kept; null for the service's own time, 0 for ever.</summary>
    public double? KeepDays { get; init; }

    /// <summary>Device time of one month (UTC), in seconds.</summary>
    public double? DeviceSecondsPerMonth { get; init; }

    /// <summary>Jobs are accepted until then; null for always.</summary>
    public DateTimeOffset? Until { get; init; }
}
