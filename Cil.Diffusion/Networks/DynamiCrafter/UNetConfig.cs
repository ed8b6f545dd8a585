using System.Text.Json.Serialization;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>The U-Net's switches, under the original's names (lvdm/modules/networks/openaimodel3d.py, UNetModel).</summary>
public sealed record UNetConfig
{
    [JsonPropertyName("in_channels")] public required long InChannels { get; init; }

    [JsonPropertyName("out_channels")] public required long OutChannels { get; init; }

    [JsonPropertyName("model_channels")] public required long ModelChannels { get; init; }

    [JsonPropertyName("attention_resolutions")] public required IReadOnlyList<long> AttentionResolutions { get; init; }

    [JsonPropertyName("num_res_blocks")] public required int NumResBlocks { get; init; }

    [JsonPropertyName("channel_mult")] public IReadOnlyList<long> ChannelMult { get; init; } = [1, 2, 4, 8];

    [JsonPropertyName("dropout")] public double Dropout { get; init; }

    [JsonPropertyName("num_head_channels")] public required long NumHeadChannels { get; init; }

    [JsonPropertyName("transformer_depth")] public int TransformerDepth { get; init; } = 1;

    [JsonPropertyName("context_dim")] public required long ContextDim { get; init; }

    [JsonPropertyName("use_linear")] public bool UseLinear { get; init; }

    [JsonPropertyName("temporal_conv")] public bool TemporalConv { get; init; }

    [JsonPropertyName("temporal_attention")] public bool TemporalAttention { get; init; } = true;

    [JsonPropertyName("temporal_length")] public long? TemporalLength { get; init; }

    [JsonPropertyName("addition_attention")] public bool AdditionAttention { get; init; }

    [JsonPropertyName("image_cross_attention")] public bool ImageCrossAttention { get; init; }

    [JsonPropertyName("image_cross_attention_scale_learnable")] public bool ImageCrossAttentionScaleLearnable { get; init; }

    [JsonPropertyName("default_fs")] public long DefaultFs { get; init; } = 4;

    [JsonPropertyName("fs_condition")] public bool FsCondition { get; init; }
}
