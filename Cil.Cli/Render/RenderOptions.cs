using Cil.Cli.Options;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>What `cil render` was asked for.</summary>
public sealed record RenderOptions
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

    public ulong? Seed { get; init; }

    /// <summary>M.</summary>
    public int? Start { get; init; }

    /// <summary>"auto", "off" or a statistics file.</summary>
    public string AnalyticInit { get; init; } = "auto";

    public int Devices { get; init; } = 1;

    /// <summary>Threads of each device that is a processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where jobs are kept; null for a folder that goes when the program ends.</summary>
    public string? Data { get; init; }

    public string Precision { get; init; } = "float32";

    public bool Verbose { get; init; }

    /// <summary>Whose job it is.</summary>
    public string Tenant { get; init; } = "default";

    public int Priority { get; init; }

    /// <summary>Minutes after which a job that is not done fails; null for never.</summary>
    public int? Within { get; init; }

    /// <summary>A running service to render at; null for a grid in this process.</summary>
    public string? Url { get; init; }

    public string OutputPath => Output ?? Path.GetFileNameWithoutExtension(Image.Name) + ".mp4";

    /// <summary>Files that are read.</summary>
    public string[] Inputs => AnalyticInit is "auto" or "off" ? [Image.ToString()] : [Image.ToString(), AnalyticInit];

    /// <summary>"mp4", "webp" or "gif".</summary>
    /// <exception cref="BadInputException">The file's ending is none of these.</exception>
    public string Container => Path.GetExtension(OutputPath).TrimStart('.').ToLowerInvariant() switch
    {
        ("mp4" or "webp" or "gif") and var known => known,
        var other => throw new BadInputException("--output", $"expected a file that ends in .mp4, .webp or .gif, got '{OutputPath}'{(other.Length == 0 ? ", which has no ending" : "")}"),
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
        AnalyticInit = AnalyticInit is "off" ? "off" : "auto",
        Seed = Seed,
        Container = Container,
        Tenant = Tenant,
        Priority = Priority,
        Deadline = Within is { } minutes ? DateTimeOffset.UtcNow.AddMinutes(minutes) : null,
        Joining = Join,
        Overlap = Overlap,
        SplitGuidance = SplitGuidance,
    };
}
