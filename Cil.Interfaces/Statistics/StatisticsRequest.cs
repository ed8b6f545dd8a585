using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cil.Interfaces.Statistics;

/// <summary>Which data set's statistics are wanted, seen through which model. What is null is as the model was trained.</summary>
[GenerateSerializer, Immutable, Alias("cil.StatisticsRequest")]
public sealed record StatisticsRequest
{
    private const int HashDigits = 24;

    /// <summary>The data set's name.</summary>
    [Id(0)] public required string Dataset { get; init; }

    [Id(1)] public required string Model { get; init; }

    [Id(2)] public int? Width { get; init; }

    [Id(3)] public int? Height { get; init; }

    [Id(4)] public int? Frames { get; init; }

    /// <summary>Clips that are measured together; part of what rounding depends on. Default 32.</summary>
    [Id(5)] public int ClipsPerShard { get; init; } = 32;

    /// <summary>Seed of the posterior samples. Default 1.</summary>
    [Id(6)] public ulong Seed { get; init; } = 1;

    /// <summary>Directions of the largest variance that are measured as well, 0 to 256. Default 0.</summary>
    [Id(7)] public int Rank { get; init; }

    /// <summary>The same request has the same id: its statistics are measured once.</summary>
    public RenderJobId Id()
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{Dataset}\n{Model}\n{Width}x{Height}\n{Frames}\n{ClipsPerShard}\n{Seed}");
        // What was asked for before there were ranks keeps its id.
        if (Rank != 0) text += string.Create(CultureInfo.InvariantCulture, $"\nrank {Rank}");
        return new RenderJobId($"stats_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashDigits]}");
    }
}
