using System.Text.Json.Serialization;

namespace Cil.Diffusion.Pipelines.StableVideo;

/// <summary>Names beside model.json: the folders of a diffusers checkpoint, each with its config.json.</summary>
public sealed record SvdFiles
{
    [JsonPropertyName("unet")] public string UNet { get; init; } = "unet";

    [JsonPropertyName("vae")] public string Autoencoder { get; init; } = "vae";

    [JsonPropertyName("image_encoder")] public string ImageEncoder { get; init; } = "image_encoder";

    /// <summary>Weights of a fine-tuned U-Net in place of those in its folder, or null.</summary>
    [JsonPropertyName("unet_weights")] public string? UNetWeights { get; init; }

    /// <summary>Analytic-Init statistics, or null.</summary>
    [JsonPropertyName("statistics")] public string? Statistics { get; init; }
}
