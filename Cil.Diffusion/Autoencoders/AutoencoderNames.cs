using System.Globalization;

namespace Cil.Diffusion.Autoencoders;

/// <summary>How checkpoints spell the parts of the same autoencoder.</summary>
internal sealed class AutoencoderNames
{
    /// <summary>lvdm and Stability's single files; attention is stored as 1 × 1 convolutions.</summary>
    internal static AutoencoderNames Ldm { get; } = new()
    {
        MidBlock = "mid.block_{0}", FirstMidBlock = 1, MidAttention = "mid.attn_1",
        AttentionNorm = "norm", Query = "q", Key = "k", Value = "v", AttentionOutput = "proj_out", AttentionKernelAxes = 2,
        DownBlock = "down.{0}.block.{1}", Downsample = "down.{0}.downsample.conv", NormOut = "norm_out", Shortcut = "nin_shortcut",
    };

    /// <summary>diffusers; attention is stored as linear layers.</summary>
    internal static AutoencoderNames Diffusers { get; } = new()
    {
        MidBlock = "mid_block.resnets.{0}", FirstMidBlock = 0, MidAttention = "mid_block.attentions.0",
        AttentionNorm = "group_norm", Query = "to_q", Key = "to_k", Value = "to_v", AttentionOutput = "to_out.0", AttentionKernelAxes = 0,
        DownBlock = "down_blocks.{0}.resnets.{1}", Downsample = "down_blocks.{0}.downsamplers.0.conv",
        NormOut = "conv_norm_out", Shortcut = "conv_shortcut",
    };

    internal required string MidAttention { get; init; }

    internal required string AttentionNorm { get; init; }

    internal required string Query { get; init; }

    internal required string Key { get; init; }

    internal required string Value { get; init; }

    internal required string AttentionOutput { get; init; }

    /// <summary>Trailing axes of length 1 of the attention's weights.</summary>
    internal required int AttentionKernelAxes { get; init; }

    internal required string NormOut { get; init; }

    internal required string Shortcut { get; init; }

    internal required string MidBlock { get; init; }

    internal required int FirstMidBlock { get; init; }

    internal required string DownBlock { get; init; }

    internal required string Downsample { get; init; }

    /// <param name="block">0 before the attention, 1 behind it.</param>
    internal string Mid(int block) => string.Format(CultureInfo.InvariantCulture, MidBlock, FirstMidBlock + block);

    internal string Down(int level, int block) => string.Format(CultureInfo.InvariantCulture, DownBlock, level, block);

    internal string DownConvolution(int level) => string.Format(CultureInfo.InvariantCulture, Downsample, level);
}
