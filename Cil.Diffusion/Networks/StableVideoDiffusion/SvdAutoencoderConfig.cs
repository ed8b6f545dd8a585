using System.Text.Json;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>The autoencoder's switches, under diffusers' names in vae/config.json (AutoencoderKLTemporalDecoder).</summary>
public sealed record SvdAutoencoderConfig
{
    public required IReadOnlyList<long> BlockOutChannels { get; init; }

    public int LayersPerBlock { get; init; } = 2;

    public long LatentChannels { get; init; } = 4;

    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>Whether a half-precision model must encode in float32 (its activations leave float16's range).</summary>
    public bool ForceUpcast { get; init; } = true;

    /// <summary>Pixels of one latent, along one axis.</summary>
    public int SpatialScale => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Reads vae/config.json.</summary>
    /// <exception cref="JsonException">A value is missing, or is one this network does not have.</exception>
    public static SvdAutoencoderConfig Read(JsonElement json)
    {
        foreach (JsonElement type in json.GetProperty("down_block_types").EnumerateArray())
        {
            if (type.GetString() != "DownEncoderBlock2D")
                throw new JsonException($"down_block_types: expected DownEncoderBlock2D, got {type}");
        }

        long channels = json.GetProperty("in_channels").GetInt64();
        if (channels != 3) throw new JsonException($"in_channels: expected 3, got {channels}");
        return new SvdAutoencoderConfig
        {
            BlockOutChannels = [.. json.GetProperty("block_out_channels").EnumerateArray().Select(value => value.GetInt64())],
            LayersPerBlock = json.GetProperty("layers_per_block").GetInt32(),
            LatentChannels = json.GetProperty("latent_channels").GetInt64(),
            ScalingFactor = json.TryGetProperty("scaling_factor", out JsonElement factor) ? factor.GetDouble() : 0.18215,
            ForceUpcast = !json.TryGetProperty("force_upcast", out JsonElement upcast) || upcast.GetBoolean(),
        };
    }
}
