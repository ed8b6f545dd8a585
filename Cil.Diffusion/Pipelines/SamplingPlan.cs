using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.Pipelines;

/// <summary>Everything that decides the numbers of one window's denoising, but the pictures and words.</summary>
public sealed record SamplingPlan
{
    public required int Steps { get; init; }

    /// <summary>Classifier-free guidance; 1 leaves the unconditional pass out.</summary>
    public required double GuidanceScale { get; init; }

    public double GuidanceRescale { get; init; }

    public double Eta { get; init; } = 1;

    /// <summary>M, 1 to 1000.</summary>
    public int Start { get; init; } = 1000;

    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.UniformTrailing;

    public required ulong Seed { get; init; }

    /// <summary>The window of a long video, from 0.</summary>
    public int Window { get; init; }

    public required int Frames { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    public required int Width { get; init; }

    /// <summary>Both halves of guidance in one pass: faster on large devices, and other in rounding, hence part of the plan.</summary>
    public bool BatchGuidance { get; init; }

    /// <summary>Starts from the Gaussian of these statistics; null starts from N(0, 1).</summary>
    public LatentStatistics? Statistics { get; init; }

    public AnalyticInitMode Mode { get; init; } = AnalyticInitMode.Paper;

    public static SamplingPlan Default(ModelManifest manifest, ulong seed) => new()
    {
        Steps = manifest.Sampling.Steps,
        GuidanceScale = manifest.Sampling.GuidanceScale,
        GuidanceRescale = manifest.Sampling.GuidanceRescale,
        Eta = manifest.Sampling.Eta,
        Start = manifest.Sampling.Start,
        Spacing = manifest.Sampling.Spacing,
        Seed = seed,
        Frames = manifest.Frames,
        Height = manifest.Height,
        Width = manifest.Width,
    };
}
