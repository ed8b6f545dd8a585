using System.Text.Json.Serialization;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>The resampler's sizes, under the original's names (lvdm/modules/encoders/resampler.py, Resampler).</summary>
public sealed record ResamplerConfig
{
    [JsonPropertyName("dim")] public required long Dim { get; init; }

    [JsonPropertyName("depth")] public required int Depth { get; init; }

    [JsonPropertyName("dim_head")] public required long DimHead { get; init; }

    [JsonPropertyName("heads")] public required long Heads { get; init; }

    [JsonPropertyName("num_queries")] public required long NumQueries { get; init; }

    [JsonPropertyName("embedding_dim")] public required long EmbeddingDim { get; init; }

    [JsonPropertyName("output_dim")] public required long OutputDim { get; init; }

    [JsonPropertyName("ff_mult")] public long FfMult { get; init; } = 4;

    /// <summary>Frames with queries of their own; null for one set of queries (VideoCrafter1).</summary>
    [JsonPropertyName("video_length")] public long? VideoLength { get; init; }
}
