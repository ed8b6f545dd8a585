using System.Text.Json;

namespace Cil.Diffusion.Clip;

/// <summary>Reads image_encoder/config.json of transformers (CLIPVisionModelWithProjection).</summary>
public static class TransformersVision
{
    /// <summary>A table of positions that old checkpoints hold and nothing needs.</summary>
    public static IReadOnlyCollection<string> IgnoredNames { get; } = ["vision_model.embeddings.position_ids"];

    /// <returns>Sizes of the tower, and the width of its pooled vector.</returns>
    /// <exception cref="JsonException">A value is missing, or is one the tower does not have.</exception>
    public static (VisionConfig Config, long EmbedDim) Read(JsonElement json)
    {
        if (!json.TryGetProperty("hidden_act", out JsonElement activation)) throw new JsonException("hidden_act: missing");
        return activation.GetString() is "gelu" ? Sizes(json) : throw new JsonException($"hidden_act: expected gelu, got {activation}");
    }

    /// <summary>The same where the activation is not said.</summary>
    /// <exception cref="JsonException">A value is missing, or is one the tower does not have.</exception>
    internal static (VisionConfig Config, long EmbedDim) Sizes(JsonElement json)
    {
        long width = Number("hidden_size"), heads = Number("num_attention_heads");
        Require("intermediate_size", Number("intermediate_size"), width * 4);
        if (json.TryGetProperty("num_channels", out JsonElement channels)) Require("num_channels", channels.GetInt64(), 3);
        if (json.TryGetProperty("layer_norm_eps", out JsonElement eps) && eps.GetDouble() != 1e-5)
            throw new JsonException($"layer_norm_eps: expected 1e-05, got {eps}");
        return (
            new VisionConfig
            {
                ImageSize = Number("image_size"), Layers = (int)Number("num_hidden_layers"),
                Width = width, HeadWidth = width / heads, PatchSize = Number("patch_size"),
            },
            Number("projection_dim"));

        long Number(string name) =>
            json.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : throw new JsonException($"{name}: missing");
    }

    private static void Require(string name, long given, long expected)
    {
        if (given != expected) throw new JsonException($"{name}: expected {expected}, got {given}");
    }
}
