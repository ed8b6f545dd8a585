using System.Text.Json.Serialization;

namespace Cil.Diffusion.Clip;

/// <summary>Sizes of the text tower.</summary>
public sealed record TextConfig
{
    [JsonPropertyName("context_length")] public long ContextLength { get; init; } = 77;

    [JsonPropertyName("vocab_size")] public required long VocabSize { get; init; }

    [JsonPropertyName("width")] public required long Width { get; init; }

    [JsonPropertyName("heads")] public required long Heads { get; init; }

    [JsonPropertyName("layers")] public required int Layers { get; init; }
}
