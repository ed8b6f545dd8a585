using Cil.Cli.Options;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>What `cil render` was asked for.</summary>
internal sealed record RenderOptions
{
    public required FileInfo Image { get; init; }

    public string? Prompt { get; init; }

    public string NegativePrompt { get; init; } = "";

    /// <summary>The video's file; its ending says the format.</summary>
    public string? Output { get; init; }

    /// <summary>A model's name or folder.</summary>
    public string? Model { get; init; }

    /// <summary>A line of the paper's table, or null.</summary>
    public string? Preset { get; init; }

    /// <summary>FILE or FILE=WEIGHT of LoRAs that are merged into the model.</summary>
    public IReadOnlyList<string> Loras { get; init; } = [];

    public int? Frames { get; init; }

    /// <summary>How windows are joined where there are more frames than the model makes at once.</summary>
    public WindowMode Join { get; init; }

    /// <summary>Frames that neighbouring windows share; null for the default of <see cref="Join"/>.</summary>
    public int? Overlap { get; init; }

    public bool SplitGuidance { get; init; }

    public (int Width, int Height)? Size { get; init; }

    public int? Fps { get; init; }

    public int? Steps { get; init; }

    public double? Guidance { get; init; }

    /// <summary>Frames a second, or the stride, that the network is told.</summary>
    public int? FpsCondition { get; init; }

    public double? MotionBucket { get; init; }

    public double? ImageGuidance { get; init; }

    public double? NoiseAugmentation { get; init; }

    /// <summary>Strength of low-pass guidance.</summary>
    public double? Motion { get; init; }

    public double? MotionShare { get; init; }

    /// <summary>The mean optical flow that the video is to have, pixels a frame; null for what comes.</summary>
    public double? TargetMotion { get; init; }

    /// <summary>The control that is searched for it; null for the model family's.</summary>
    public string? TargetControl { get; init; }

    public double? TargetTolerance { get; init; }

    /// <summary>The most videos that the search renders.</summary>
    public int? Tries { get; init; }

    public RenderQuality Quality { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>Videos with seeds in sequence; null for one, or as many as <see cref="Seeds"/>.</summary>
    public int? Count { get; init; }

    /// <summary>The seeds of several videos; none for one video.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [];

    /// <summary>M.</summary>
    public int? Start { get; init; }

    /// <summary>Whether M is chosen by the model's leakage.</summary>
    public bool AutomaticStart { get; init; }

    /// <summary>"auto", "off" or a statistics file.</summary>
    public string AnalyticInit { get; init; } = "auto";

    public int Devices { get; init; } = 1;

    /// <summary>Threads of each device that is a processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where jobs are kept; null for a folder that goes when the program ends.</summary>
    public string? Data { get; init; }

    public Precision Precision { get; init; }

    public bool Verbose { get; init; }

    /// <summary>Whose job it is.</summary>
    public string Tenant { get; init; } = "default";

    public int Priority { get; init; }

    /// <summary>Whether a draft is made first and must be approved.</summary>
    public bool Approval { get; init; }

    public int? DraftSteps { get; init; }

    /// <summary>Ids with ',' between of jobs that it begins after; null for none.</summary>
    public string? After { get; init; }

    /// <summary>Minutes after which a job that is not done fails; null for never.</summary>
    public int? Within { get; init; }

    /// <summary>A running service to render at; null for a grid in this process.</summary>
    public string? Url { get; init; }

    public string OutputPath => Output ?? Path.GetFileNameWithoutExtension(Image.Name) + ".mp4";

    /// <summary>Where the draft goes.</summary>
    public string DraftPath =>
        Path.Combine(
            Path.GetDirectoryName(OutputPath) ?? "",
            $"{Path.GetFileNameWithoutExtension(OutputPath)}-draft{Path.GetExtension(OutputPath)}");

    /// <summary>Files that are read.</summary>
    public string[] Inputs => AnalyticInit is "auto" or "off" ? [Image.ToString()] : [Image.ToString(), AnalyticInit];

    /// <summary>"mp4", "webp" or "gif".</summary>
    /// <exception cref="BadInputException">The file's ending is none of these.</exception>
    public string Container => Path.GetExtension(OutputPath).TrimStart('.').ToLowerInvariant() switch
    {
        ("mp4" or "webp" or "gif") and var known => known,
        var other => throw new BadInputException(
            "--output",
            $"expected a file that ends in .mp4, .webp or .gif, got '{OutputPath}'{(other.Length == 0 ? ", which has no ending" : "")}"),
    };

    public RenderRequest ToRequest(string modelName) => new()
    {
        Model = modelName,
        Prompt = Prompt ?? "",
        NegativePrompt = NegativePrompt,
        Width = Size?.Width,
        Height = Size?.Height,
        Frames = Frames,
        PlaybackFps = Fps,
        Steps = Steps,
        Guidance = Guidance,
        Start = Start,
        AutomaticStart = AutomaticStart,
        AnalyticInit = AnalyticInit is "off" ? "off" : "auto",
        Seed = Seed,
        Container = Container,
        Tenant = Tenant,
        Priority = Priority,
        Deadline = Within is { } minutes ? DateTimeOffset.UtcNow.AddMinutes(minutes) : null,
        Joining = Join,
        Overlap = Overlap,
        SplitGuidance = SplitGuidance,
        Approval = Approval,
        DraftSteps = DraftSteps,
        After = After,
        FpsCondition = FpsCondition,
        MotionBucket = MotionBucket,
        ImageGuidance = ImageGuidance,
        NoiseAugmentation = NoiseAugmentation,
        Motion = Motion,
        MotionShare = MotionShare,
        Quality = Quality,
    };
}
