using System.Text.Json.Serialization;

namespace Cil.Diffusion.Autoencoders;

/// <summary>The first stage's switches, under the original's names (lvdm/modules/networks/ae_modules.py, `ddconfig`).</summary>
public sealed record AutoencoderConfig
{
    [JsonPropertyName("ch")] public required long Ch { get; init; }

    [JsonPropertyName("ch_mult")] public required IReadOnlyList<long> ChMult { get; init; }

    [JsonPropertyName("num_res_blocks")] public required int NumResBlocks { get; init; }

    [JsonPropertyName("z_channels")] public required long ZChannels { get; init; }

    [JsonPropertyName("in_channels")] public long InChannels { get; init; } = 3;

    [JsonPropertyName("out_ch")] public long OutCh { get; init; } = 3;

    /// <summary>Pixels of one latent, along one axis.</summary>
    [JsonIgnore] public int SpatialScale => 1 << (ChMult.Count - 1);
}
