using System.Text.Json.Serialization;
using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>What DynamiCrafter and VideoCrafter1 sample with besides.</summary>
public sealed record LvdmSampling : SamplingDefaults
{
    [JsonPropertyName("guidance_rescale")] public double GuidanceRescale { get; init; } = 0.7;

    [JsonPropertyName("eta")] public double Eta { get; init; } = 1;

    [JsonPropertyName("spacing")] public TimestepSpacing Spacing { get; init; } = TimestepSpacing.UniformTrailing;

    internal override SamplingPlan Complete(SamplingPlan plan) =>
        plan with { GuidanceRescale = GuidanceRescale, Eta = Eta, Spacing = Spacing };
}
