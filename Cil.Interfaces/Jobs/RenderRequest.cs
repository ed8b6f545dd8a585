using System.Text.Json.Serialization;
using Cil.Interfaces.Chunks;

namespace Cil.Interfaces.Jobs;

/// <summary>What a client asks for. Anything left null is the model's default, and is fixed when the job is accepted.</summary>
[GenerateSerializer, Immutable, Alias("cil.RenderRequest")]
public sealed record RenderRequest
{
    /// <summary>Priorities go from minus this to this.</summary>
    public const int MaxPriority = 100;

    /// <summary>A model's name, as the catalogue lists it.</summary>
    [Id(0)] public required string Model { get; init; }

    [Id(1)] public required string Prompt { get; init; }

    [Id(2)] public string NegativePrompt { get; init; } = "";

    /// <summary>
    /// The blob that holds the uploaded image: PNG, JPEG, WebP, GIF, TIFF, AVIF and more (docs/media.md). The client uploads
    /// it and fills this in.
    /// </summary>
    [Id(3)] public string ImageBlob { get; init; } = "";

    /// <summary>Pixels of the video; null for the model's own.</summary>
    [Id(4)] public int? Width { get; init; }

    [Id(5)] public int? Height { get; init; }

    [Id(6)] public int? Frames { get; init; }

    /// <summary>Frames a second of the video file.</summary>
    [Id(7)] public int? PlaybackFps { get; init; }

    [Id(8)] public int? Steps { get; init; }

    /// <summary>Classifier-free guidance scale; 1 is none.</summary>
    [Id(9)] public double? Guidance { get; init; }

    /// <summary>M: sampling starts at time M of 1000 (the CIL paper, section 3.1).</summary>
    [Id(10)] public int? Start { get; init; }

    /// <summary>"auto" (the model's statistics where they fit), "off", or the blob that holds a statistics file.</summary>
    [Id(11)] public string AnalyticInit { get; init; } = "auto";

    /// <summary>Drawn once when the job is accepted, if null.</summary>
    [Id(12)] public ulong? Seed { get; init; }

    /// <summary>"mp4", "webp" or "gif".</summary>
    [Id(13)] public string Container { get; init; } = "mp4";

    /// <summary>The job's tenant; tenants share the devices. Letters, digits, '-' and '_'.</summary>
    [Id(14)] public string Tenant { get; init; } = "default";

    /// <summary>-100 to 100; among a tenant's jobs, one more goes before jobs that are up to ten minutes older.</summary>
    [Id(15)] public int Priority { get; init; }

    /// <summary>A job that is not done by then fails; null for none.</summary>
    [Id(16)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>How windows are joined where there are more frames than the model makes at once.</summary>
    [Id(17)] public WindowMode Joining { get; init; }

    /// <summary>Frames that neighbouring windows share; null for a quarter of a window, and 1 where windows continue.</summary>
    [Id(18)] public int? Overlap { get; init; }

    /// <summary>Whether the two halves of guidance may run on two devices: the same bytes, sooner where a device is idle.</summary>
    [Id(19)] public bool SplitGuidance { get; init; }

    /// <summary>The id of the batch that the job is of; null for none. The batch fills it in.</summary>
    [Id(20)] public string? Batch { get; init; }

    /// <summary>Whether a draft of few steps is made first, and the video only once the draft is approved.</summary>
    [Id(21)] public bool Approval { get; init; }

    /// <summary>Denoising steps of the draft; null for a quarter of the video's.</summary>
    [Id(22)] public int? DraftSteps { get; init; }

    /// <summary>
    /// Ids with ',' between of jobs of the same tenant, at most 16: this one begins when all of them are completed. Null for none.
    /// </summary>
    [Id(23)] public string? After { get; init; }

    /// <summary>The ids of <see cref="After"/>.</summary>
    [JsonIgnore] public IReadOnlyList<string> AfterJobs => After?.Split(',', StringSplitOptions.TrimEntries) ?? [];

    /// <summary>
    /// Frames a second that the network is told, or the stride where it was trained on that: fewer ask for more motion. The
    /// video's own rate is <see cref="PlaybackFps"/>.
    /// </summary>
    [Id(24)] public int? FpsCondition { get; init; }

    /// <summary>How much motion Stable Video Diffusion is told to make, 1 to 255.</summary>
    [Id(25)] public double? MotionBucket { get; init; }

    /// <summary>
    /// How strongly the image counts by itself, beside <see cref="Guidance"/> for the prompt: a third pass of the network.
    /// Not for Stable Video Diffusion.
    /// </summary>
    [Id(26)] public double? ImageGuidance { get; init; }

    /// <summary>
    /// Deviation of the noise on the conditional image of Stable Video Diffusion, whose pixels are -1 to 1: more leaves the
    /// image less say.
    /// </summary>
    [Id(27)] public double? NoiseAugmentation { get; init; }

    /// <summary>
    /// Adaptive low-pass guidance (arXiv 2506.08456): how much fine detail the conditional image loses in the first steps, above 0 to 1,
    /// for more motion. Null for none.
    /// </summary>
    [Id(28)] public double? Motion { get; init; }

    /// <summary>The share of the steps that <see cref="Motion"/> is for, above 0 to 1; null for 0.2.</summary>
    [Id(29)] public double? MotionShare { get; init; }

    /// <summary>Whether <see cref="Start"/>, which is null then, is chosen by the leakage that was measured of the model.</summary>
    [Id(30)] public bool AutomaticStart { get; init; }

    /// <summary>
    /// Whether every step goes through the whole network. Fast is sooner done and gives another video, near the full one. Not where
    /// windows overlap or guidance is split: their steps are done apart.
    /// </summary>
    [Id(40)] public RenderQuality Quality { get; init; }
}
