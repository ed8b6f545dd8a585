using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>Which data set's statistics are wanted, seen through which model. What is null is as the model was trained.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApiStatisticsRequest
{
    public string Dataset { get; init; } = "";

    public string Model { get; init; } = "";

    public int? Width { get; init; }

    public int? Height { get; init; }

    public int? Frames { get; init; }

    /// <summary>Clips that are measured together; null for 32.</summary>
    public int? ClipsPerShard { get; init; }

    /// <summary>Seed of the posterior samples; null for 1.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong? Seed { get; init; }

    /// <summary>Directions of the largest variance that are measured as well, up to 256; null for none.</summary>
    public int? Rank { get; init; }
}
