using System.Text.Json.Serialization;
using Cil.Diffusion.AnalyticInit;

namespace Cil.Diffusion.Pipelines;

/// <summary>What a model samples with when a request does not say; every system has these.</summary>
public record SamplingDefaults
{
    [JsonPropertyName("steps"), JsonPropertyOrder(-3)] public int Steps { get; init; } = 50;

    [JsonPropertyName("guidance_scale"), JsonPropertyOrder(-2)] public double GuidanceScale { get; init; } = 7.5;

    /// <summary>M: sampling starts at time M of 1000, or at noise level M.</summary>
    [JsonPropertyName("start"), JsonPropertyOrder(-1)] public int Start { get; init; } = 1000;

    /// <summary>Whether the paper's mathematics or what the published scripts do; see docs/models.md for where they differ.</summary>
    [JsonPropertyName("mode"), JsonPropertyOrder(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AnalyticInitMode Mode { get; init; }

    /// <summary>The frame rate (or stride) that the network is told.</summary>
    [JsonPropertyName("fps"), JsonPropertyOrder(1)] public int Fps { get; init; } = 24;

    /// <summary>Frames a second of the video file.</summary>
    [JsonPropertyName("playback_fps"), JsonPropertyOrder(2)] public int PlaybackFps { get; init; } = 8;

    /// <summary>The plan with what only this system's samplers know.</summary>
    internal virtual SamplingPlan Complete(SamplingPlan plan) => plan;
}
