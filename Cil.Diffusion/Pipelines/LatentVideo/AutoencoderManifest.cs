using System.Text.Json.Serialization;
using Cil.Diffusion.Autoencoders;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>The first stage as the original's configurations spell it.</summary>
public sealed record AutoencoderManifest
{
    [JsonPropertyName("embed_dim")] public required long EmbedDim { get; init; }

    [JsonPropertyName("ddconfig")] public required AutoencoderConfig Config { get; init; }
}
