using System.Text.Json.Serialization;
using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.Pipelines;

/// <summary>What a model samples with when a request does not say.</summary>
public sealed record SamplingDefaults
{
    [JsonPropertyName("steps")] public int Steps { get; init; } = 50;

    [JsonPropertyName("guidance_scale")] public double GuidanceScale { get; init; } = 7.5;

    [JsonPropertyName("guidance_rescale")] public double GuidanceRescale { get; init; } = 0.7;

    [JsonPropertyName("eta")] public double Eta { get; init; } = 1;

    /// <summary>M: sampling starts at time M of 1000.</summary>
    [JsonPropertyName("start")] public int Start { get; init; } = 1000;

    [JsonPropertyName("spacing")] public TimestepSpacing Spacing { get; init; } = TimestepSpacing.UniformTrailing;

    /// <summary>The frame rate (or stride) that the network is told.</summary>
    [JsonPropertyName("fps")] public int Fps { get; init; } = 24;

    /// <summary>Frames a second of the video file.</summary>
    [JsonPropertyName("playback_fps")] public int PlaybackFps { get; init; } = 8;
}
