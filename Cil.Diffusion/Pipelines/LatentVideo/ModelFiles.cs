using System.Text.Json.Serialization;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>File names inside a model folder.</summary>
public sealed record ModelFiles
{
    [JsonPropertyName("weights")] public string Weights { get; init; } = "weights.safetensors";

    [JsonPropertyName("merges")] public string Merges { get; init; } = "merges.txt";

    /// <summary>Analytic-Init statistics of the model's own data at its native size, or null.</summary>
    [JsonPropertyName("statistics")] public string? Statistics { get; init; }
}
