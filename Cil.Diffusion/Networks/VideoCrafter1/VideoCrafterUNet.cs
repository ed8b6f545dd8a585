using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Diffusion.Networks.DynamiCrafter;

namespace Cil.Diffusion.Networks.VideoCrafter1;

/// <summary>
/// VideoCrafter1's U-Net is DynamiCrafter's with other words for two switches (AILab-CVC/VideoCrafter,
/// lvdm/modules/networks/openaimodel3d.py): no conditional latent beside the noisy one, the same 16 image tokens for every
/// frame, and 16 frames a second where none is told.
/// </summary>
public static class VideoCrafterUNet
{
    private const long FpsWithoutOne = 16;

    /// <summary>Whether these parameters are spelled as VideoCrafter1 spells them.</summary>
    public static bool Spells(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Object
            && (parameters.TryGetProperty("use_image_attention", out _) || parameters.TryGetProperty("fps_cond", out _));

    /// <summary>The shared network's switches from VideoCrafter1's parameters.</summary>
    /// <exception cref="JsonException">A parameter is missing or of another kind.</exception>
    public static UNetConfig Read(JsonElement parameters)
    {
        Switches own = parameters.Deserialize<Switches>()!;
        return parameters.Deserialize<UNetConfig>()! with
        {
            ImageCrossAttention = own.UseImageAttention,
            FsCondition = own.FpsCond,
            DefaultFs = FpsWithoutOne,
        };
    }

    private sealed record Switches
    {
        [JsonPropertyName("use_image_attention")] public bool UseImageAttention { get; init; }

        [JsonPropertyName("fps_cond")] public bool FpsCond { get; init; }
    }
}
