using System.Text.Json.Serialization;

namespace Cil.Diffusion.Clip;

/// <summary>Sizes of the image tower.</summary>
public sealed record VisionConfig
{
    [JsonPropertyName("image_size")] public required long ImageSize { get; init; }

    [JsonPropertyName("layers")] public required int Layers { get; init; }

    [JsonPropertyName("width")] public required long Width { get; init; }

    [JsonPropertyName("head_width")] public long HeadWidth { get; init; } = 64;

    [JsonPropertyName("patch_size")] public required long PatchSize { get; init; }
}
