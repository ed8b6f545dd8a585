using System.Text.Json.Serialization;

namespace Cil.Diffusion.Clip;

/// <summary>Sizes of both towers, under the names of open_clip's model files (ViT-H-14.json).</summary>
public sealed record OpenClipConfig
{
    [JsonPropertyName("embed_dim")] public required long EmbedDim { get; init; }

    [JsonPropertyName("vision_cfg")] public required VisionConfig Vision { get; init; }

    [JsonPropertyName("text_cfg")] public required TextConfig Text { get; init; }
}
