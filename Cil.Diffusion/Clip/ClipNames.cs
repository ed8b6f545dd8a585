namespace Cil.Diffusion.Clip;

/// <summary>How checkpoints spell the parts of the same transformers.</summary>
internal sealed class ClipNames
{
    /// <summary>open_clip: queries, keys and values in one matrix; the projection is multiplied from the right.</summary>
    internal static ClipNames OpenClip { get; } = new()
    {
        Blocks = "transformer.resblocks", Norm1 = "ln_1", Joined = "attn.in_proj",
        Output = "attn.out_proj", Norm2 = "ln_2", Widen = "mlp.c_fc", Narrow = "mlp.c_proj",
        Class = "class_embedding", Positions = "positional_embedding", Patches = "conv1.weight",
        NormPre = "ln_pre", NormPost = "ln_post", Projection = "proj",
    };

    /// <summary>
    /// transformers' CLIPVisionModelWithProjection: queries, keys and values apart; the projection is a linear layer.
    /// (pre_layrnorm is spelt so there.)
    /// </summary>
    internal static ClipNames Transformers { get; } = new()
    {
        Blocks = "vision_model.encoder.layers", Norm1 = "layer_norm1",
        Apart = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"], Output = "self_attn.out_proj",
        Norm2 = "layer_norm2", Widen = "mlp.fc1", Narrow = "mlp.fc2", Class = "vision_model.embeddings.class_embedding",
        Positions = "vision_model.embeddings.position_embedding.weight", Patches = "vision_model.embeddings.patch_embedding.weight",
        NormPre = "vision_model.pre_layrnorm", NormPost = "vision_model.post_layernorm",
        Projection = "visual_projection.weight", ProjectionIsLinear = true,
    };

    internal required string Blocks { get; init; }

    internal required string Norm1 { get; init; }

    /// <summary>One matrix for queries, keys and values; null where they are <see cref="Apart"/>.</summary>
    internal string? Joined { get; init; }

    internal IReadOnlyList<string> Apart { get; init; } = [];

    internal required string Output { get; init; }

    internal required string Norm2 { get; init; }

    internal required string Widen { get; init; }

    internal required string Narrow { get; init; }

    internal required string Class { get; init; }

    internal required string Positions { get; init; }

    internal required string Patches { get; init; }

    internal required string NormPre { get; init; }

    internal required string NormPost { get; init; }

    internal required string Projection { get; init; }

    /// <summary>Whether the projection is stored as (out, in).</summary>
    internal bool ProjectionIsLinear { get; init; }
}
