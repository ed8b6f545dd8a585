using System.Text.Json;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// The spatio-temporal U-Net's switches, under diffusers' names in unet/config.json (UNetSpatioTemporalConditionModel).
/// </summary>
public sealed record SvdUNetConfig
{
    private const string AttentionDown = "CrossAttnDownBlockSpatioTemporal", PlainDown = "DownBlockSpatioTemporal";
    private const string AttentionUp = "CrossAttnUpBlockSpatioTemporal", PlainUp = "UpBlockSpatioTemporal";

    public long InChannels { get; init; } = 8;

    public long OutChannels { get; init; } = 4;

    public required IReadOnlyList<long> BlockOutChannels { get; init; }

    /// <summary>Which levels have transformers, from the largest picture down.</summary>
    public required IReadOnlyList<bool> Attention { get; init; }

    /// <summary>Residual blocks a level on the way down; one more on the way up.</summary>
    public int LayersPerBlock { get; init; } = 2;

    public int TransformerLayersPerBlock { get; init; } = 1;

    public required IReadOnlyList<long> AttentionHeads { get; init; }

    public required long CrossAttentionDim { get; init; }

    /// <summary>Width of the sinusoid of each micro-condition.</summary>
    public required long AdditionTimeEmbedDim { get; init; }

    /// <summary>Frames of a training clip; the network itself takes any number.</summary>
    public int NumFrames { get; init; } = 14;

    /// <summary>Micro-conditions: frames a second, motion bucket, noise augmentation.</summary>
    internal const int MicroConditions = 3;

    /// <summary>Width and height of latents must be multiples of this.</summary>
    public int LatentMultiple => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Reads unet/config.json.</summary>
    /// <exception cref="JsonException">A value is missing, or is one this network does not have.</exception>
    public static SvdUNetConfig Read(JsonElement json)
    {
        long[] channels = Numbers(json, "block_out_channels");
        int levels = channels.Length;
        bool[] down = Kinds(json, "down_block_types", AttentionDown, PlainDown)
            ?? [.. Enumerable.Range(0, levels).Select(level => level < levels - 1)];
        bool[] up = Kinds(json, "up_block_types", AttentionUp, PlainUp) ?? [.. down.Reverse()];
        if (down.Length != levels)
            throw new JsonException($"down_block_types: expected {levels} entries as block_out_channels has, got {down.Length}");
        if (!up.SequenceEqual(down.Reverse())) throw new JsonException("up_block_types: expected the mirror image of down_block_types");
        long embed = json.GetProperty("addition_time_embed_dim").GetInt64();
        long projection = json.GetProperty("projection_class_embeddings_input_dim").GetInt64();
        if (projection != embed * MicroConditions)
        {
            throw new JsonException(
                $"projection_class_embeddings_input_dim: expected {embed * MicroConditions}, {MicroConditions} times "
                    + $"addition_time_embed_dim, got {projection}");
        }

        return new SvdUNetConfig
        {
            InChannels = Same(json, "in_channels", 8),
            OutChannels = Same(json, "out_channels", 4),
            BlockOutChannels = channels,
            Attention = down,
            LayersPerBlock = (int)Same(json, "layers_per_block", 2),
            TransformerLayersPerBlock = (int)Same(json, "transformer_layers_per_block", 1),
            AttentionHeads = PerLevel(json, "num_attention_heads", levels),
            CrossAttentionDim = Same(json, "cross_attention_dim", 1024),
            AdditionTimeEmbedDim = embed,
            NumFrames = json.TryGetProperty("num_frames", out JsonElement frames) ? frames.GetInt32() : 14,
        };
    }

    // Absent, diffusers' default holds: transformers on all levels but the last.
    private static bool[]? Kinds(JsonElement json, string name, string attention, string plain)
    {
        if (!json.TryGetProperty(name, out JsonElement kinds)) return null;
        return [.. kinds.EnumerateArray().Select(kind => kind.GetString() is var word && word == attention
            || (word == plain ? false : throw new JsonException($"{name}: expected {attention} or {plain}, got {word}")))];
    }

    private static long[] Numbers(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetInt64())];

    // One number, or the same one for every level.
    private static long Same(JsonElement json, string name, long standard)
    {
        if (!json.TryGetProperty(name, out JsonElement value)) return standard;
        if (value.ValueKind != JsonValueKind.Array) return value.GetInt64();
        long[] all = [.. Numbers(json, name).Distinct()];
        return all.Length == 1
            ? all[0]
            : throw new JsonException($"{name}: expected the same for every level, got {string.Join(", ", Numbers(json, name))}");
    }

    private static long[] PerLevel(JsonElement json, string name, int levels)
    {
        JsonElement value = json.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array) return [.. Enumerable.Repeat(value.GetInt64(), levels)];
        long[] all = Numbers(json, name);
        return all.Length == levels ? all : throw new JsonException($"{name}: expected {levels} entries, got {all.Length}");
    }
}
