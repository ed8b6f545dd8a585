using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.Pipelines;

/// <summary>Everything that decides the numbers of one window's denoising, but the pictures and words.</summary>
public sealed record SamplingPlan
{
    public required int Steps { get; init; }

    /// <summary>Classifier-free guidance; 1 leaves the unconditional pass out. For Stable Video Diffusion that of the last frame.</summary>
    public required double GuidanceScale { get; init; }

    /// <summary>
    /// How far the picture alone is followed, beside <see cref="GuidanceScale"/> for the words; a third pass of the network
    /// at every step. Null guides both together.
    /// </summary>
    public double? ImageGuidanceScale { get; init; }

    /// <summary>The first steps see the image without its fine detail; null for none.</summary>
    public LowPassGuidance? LowPass { get; init; }

    /// <summary>phi, 0 to 1; DynamiCrafter and VideoCrafter1 only, as are eta and spacing.</summary>
    public double GuidanceRescale { get; init; }

    public double Eta { get; init; } = 1;

    /// <summary>M: a time 1 to 1000, or for Stable Video Diffusion a noise level.</summary>
    public int Start { get; init; } = 1000;

    /// <summary>From all times; an earlier M is always trailed back from.</summary>
    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.UniformTrailing;

    public required ulong Seed { get; init; }

    /// <summary>The window of a long video, from 0.</summary>
    public int Window { get; init; }

    /// <summary>The window's place in a video that is denoised as one; null for a window whose noise is its own.</summary>
    public WindowPlace? Place { get; init; }

    /// <summary>1 to the model's frames of one window.</summary>
    public required int Frames { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    public required int Width { get; init; }

    /// <summary>Both halves of guidance in one pass: faster on large devices, and other in rounding, hence part of the plan.</summary>
    public bool BatchGuidance { get; init; }

    /// <summary>Starts from the Gaussian of these statistics; null starts from N(0, 1).</summary>
    public LatentStatistics? Statistics { get; init; }

    public AnalyticInitMode Mode { get; init; } = AnalyticInitMode.Paper;

    public static SamplingPlan Default(ModelManifest manifest, ulong seed)
    {
        var plan = new SamplingPlan
        {
            Steps = manifest.Defaults.Steps,
            GuidanceScale = manifest.Defaults.GuidanceScale,
            Start = manifest.Defaults.Start,
            Mode = manifest.Defaults.Mode,
            Seed = seed,
            Frames = manifest.Frames,
            Height = manifest.Height,
            Width = manifest.Width,
        };
        return manifest.Defaults.Complete(plan);
    }

    /// <summary>What a model cannot do of this plan, each with its field, both sides and the unit.</summary>
    public IReadOnlyList<string> Errors(ModelManifest manifest)
    {
        var faults = new List<string>();
        int multiple = manifest.SizeMultiple;
        if (Start < 1 || Start > manifest.HighestStart) Add($"start M: must be 1 to {manifest.HighestStart}, got {Start}");
        else if (Steps < 1 || Steps > (manifest.StepLimit ?? Start))
            Add($"steps: must be 1 to {(manifest.StepLimit is null ? "M = " : "")}{manifest.StepLimit ?? Start}, got {Steps}");
        if (!double.IsFinite(GuidanceScale) || GuidanceScale < 0)
            Add($"guidance scale: must be finite and at least 0, got {GuidanceScale}");
        if (ImageGuidanceScale is { } image && (!double.IsFinite(image) || image < 0))
            Add($"image guidance scale: must be finite and at least 0, got {image}");
        foreach (FormattableString error in LowPass?.Errors() ?? []) Add(error);
        if (LowPass is not null && ImageGuidanceScale is not null)
            Add($"low-pass guidance: has passes of its own, and so has guidance by the image alone; got both");
        if (!(GuidanceRescale is >= 0 and <= 1)) Add($"guidance rescale: must be 0 to 1, got {GuidanceRescale}");
        if (!(Eta is >= 0 and <= 1)) Add($"eta: must be 0 to 1, got {Eta}");
        if (Frames < 1 || Frames > manifest.Frames) Add($"frames: one window of {manifest.Name} has 1 to {manifest.Frames}, got {Frames}");
        if (Width < multiple || Height < multiple || Width % multiple != 0 || Height % multiple != 0)
            Add($"size: width and height must be multiples of {multiple}, got {Width}x{Height}");
        if (Place is { } place && (place.First < 0 || place.First + Frames > place.Frames))
            Add($"place: the window's {Frames} frames must be in the video's {place.Frames}, got frames from {place.First}");
        if (Window < 0) Add($"window: must be at least 0, got {Window}");
        return faults;

        void Add(FormattableString message) => faults.Add(FormattableString.Invariant(message));
    }

    /// <exception cref="SamplingPlanException">Lists every fault.</exception>
    public void Require(ModelManifest manifest)
    {
        IReadOnlyList<string> faults = Errors(manifest);
        if (faults.Count > 0) throw new SamplingPlanException(string.Join("\n", faults));
    }
}
