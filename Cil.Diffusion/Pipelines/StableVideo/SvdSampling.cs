using System.Text.Json.Serialization;

namespace Cil.Diffusion.Pipelines.StableVideo;

/// <summary>What Stable Video Diffusion samples with; defaults of diffusers' StableVideoDiffusionPipeline.</summary>
public sealed record SvdSampling : SamplingDefaults
{
    public SvdSampling()
    {
        (Steps, GuidanceScale, Start, Fps, PlaybackFps) = (25, 3, 700, 7, 7);
    }

    /// <summary>Guidance of the first frame; `guidance_scale` is that of the last.</summary>
    [JsonPropertyName("min_guidance_scale")] public double MinGuidanceScale { get; init; } = 1;

    /// <summary>
    /// Whether the network is told one less than <see cref="SamplingDefaults.Fps"/>, as the original was trained: on the number of gaps.
    /// CIL's training tells it the rate itself, though its sampling script takes one off.
    /// </summary>
    [JsonPropertyName("fps_less_one")] public bool FpsLessOne { get; init; } = true;

    /// <summary>How much motion the network is told to make; 1 to 255.</summary>
    [JsonPropertyName("motion_bucket_id")] public double MotionBucket { get; init; } = 127;

    /// <summary>Deviation of the noise on the conditional picture, whose pixels are -1 to 1.</summary>
    [JsonPropertyName("noise_aug_strength")] public double NoiseAugmentation { get; init; } = 0.02;

    /// <summary>Frames that are decoded together; other numbers give other pixels at their borders.</summary>
    [JsonPropertyName("decode_chunk_size")] public int DecodeChunk { get; init; } = 14;
}
