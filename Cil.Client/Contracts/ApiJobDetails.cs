namespace Cil.Client.Contracts;

/// <summary>What a job was made with, and how its parts stand: more than a list of jobs shows.</summary>
public sealed record ApiJobDetails
{
    public string NegativePrompt { get; init; } = "";

    /// <summary>Frames a second of the video file.</summary>
    public int PlaybackFps { get; init; }

    /// <summary>Denoising steps of each frame.</summary>
    public int Steps { get; init; }

    /// <summary>Classifier-free guidance scale.</summary>
    public double Guidance { get; init; }

    /// <summary>M: the time that sampling starts from.</summary>
    public int Start { get; init; }

    /// <summary>As it was asked for: auto, off, the id of statistics, or "sent with the request".</summary>
    public string AnalyticInit { get; init; } = "";

    /// <summary>Whether sampling starts from Analytic-Init.</summary>
    public bool IsAnalyticInit { get; init; }

    /// <summary>The video's: mp4, webp or gif.</summary>
    public string Container { get; init; } = "";

    /// <summary>How windows become one video: continue or overlap.</summary>
    public string Joining { get; init; } = "";

    /// <summary>Windows that the frames are rendered in.</summary>
    public int Windows { get; init; }

    public bool SplitGuidance { get; init; }

    /// <summary>full or fast.</summary>
    public string Quality { get; init; } = "";

    /// <summary>float32 or bfloat16.</summary>
    public string Precision { get; init; } = "";

    /// <summary>What rendered its parts so far.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Of the coordinator that answers.</summary>
    public string Version { get; init; } = "";

    /// <summary>Workers that a part of it failed on.</summary>
    public IReadOnlyList<string> FailedOn { get; init; } = [];

    public IReadOnlyList<ApiChunk> Chunks { get; init; } = [];
}
