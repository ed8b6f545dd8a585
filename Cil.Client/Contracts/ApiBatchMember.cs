using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>One video of a batch.</summary>
public sealed record ApiBatchMember
{
    /// <summary>The id of its job.</summary>
    public required string JobId { get; init; }

    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong Seed { get; init; }

    /// <summary>The number of its picture, from 0.</summary>
    public int Image { get; init; }

    /// <summary>The job as it stands; null while it waits to be submitted, and once it is deleted.</summary>
    public ApiJob? Job { get; init; }

    /// <summary>Why it could not be submitted; null where it was, or will be. A job that failed says why itself.</summary>
    public ApiJobError? Error { get; init; }
}
