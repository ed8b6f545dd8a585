using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;

namespace Cil.Cli.Options;

/// <summary>What the program calls the fields that a request's errors name.</summary>
internal static class OptionNames
{
    // The others are the field's name in lower case, its words parted by hyphens.
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        [JobFields.Image] = "IMAGE",
        [ApiJson.Field(nameof(RenderRequest.Width))] = "--size",
        [ApiJson.Field(nameof(RenderRequest.Height))] = "--size",
        [ApiJson.Field(nameof(RenderRequest.PlaybackFps))] = "--fps",
        [ApiJson.Field(nameof(RenderRequest.Joining))] = "--join",
        [ApiJson.Field(nameof(RenderRequest.Container))] = "--output",
        [ApiJson.Field(nameof(RenderRequest.Deadline))] = "--within",
        [ApiJson.Field(nameof(StatisticsRequest.Dataset))] = "DATA",
        [ApiJson.Field(nameof(StatisticsRequest.ClipsPerShard))] = "--shard",
    };

    internal static string Of(string field) => Own.GetValueOrDefault(field) ?? $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(field)}";
}
