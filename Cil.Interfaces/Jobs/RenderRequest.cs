using Cil.Interfaces.Chunks;

namespace Cil.Interfaces.Jobs;

/// <summary>What a client asks for. Anything left null is the model's default, and is fixed when the job is accepted.</summary>
[GenerateSerializer, Immutable, Alias("cil.RenderRequest")]
public sealed record RenderRequest
{
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
}
