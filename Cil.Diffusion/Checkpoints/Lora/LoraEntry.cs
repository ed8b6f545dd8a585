using System.Text.Json.Serialization;

namespace Cil.Diffusion.Checkpoints.Lora;

/// <summary>A LoRA of a model, as model.json names it.</summary>
public sealed record LoraEntry
{
    /// <summary>A file beside model.json.</summary>
    [JsonPropertyName("file")] public required string File { get; init; }

    /// <summary>What it is multiplied by; 1 as it was trained, 0 for nothing of it.</summary>
    [JsonPropertyName("weight")] public double Weight { get; init; } = 1;
}
