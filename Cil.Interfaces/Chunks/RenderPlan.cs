namespace Cil.Interfaces.Chunks;

/// <summary>
/// A job with every choice made, written once when it is accepted. Whatever rounding depends on is here, so that the
/// same plan gives the same bytes on any worker.
/// </summary>
[GenerateSerializer, Immutable, Alias("cil.RenderPlan")]
public sealed record RenderPlan
{
    [Id(0)] public required RenderJobId Job { get; init; }

    [Id(1)] public required string Model { get; init; }

    [Id(2)] public required string ImageBlob { get; init; }

    [Id(3)] public required string Prompt { get; init; }

    [Id(4)] public required string NegativePrompt { get; init; }

    [Id(5)] public required int Width { get; init; }

    [Id(6)] public required int Height { get; init; }

    [Id(7)] public required int Frames { get; init; }

    [Id(8)] public required int PlaybackFps { get; init; }

    [Id(9)] public required int Steps { get; init; }

    [Id(10)] public required double Guidance { get; init; }

    [Id(11)] public required int Start { get; init; }

    /// <summary>The statistics blob, "model" for the model's own, or null for a plain start.</summary>
    [Id(12)] public string? Statistics { get; init; }

    [Id(13)] public required ulong Seed { get; init; }

    [Id(14)] public required string Container { get; init; }

    /// <summary>The text of a <see cref="Chunks.Precision"/>.</summary>
    [Id(15)] public required string Precision { get; init; }

    /// <summary>Whether both halves of guidance go through the network at once.</summary>
    [Id(16)] public required bool BatchGuidance { get; init; }

    /// <summary>Frames that are decoded together.</summary>
    [Id(17)] public required int FramesPerDecode { get; init; }

    /// <summary>
    /// Threads that a processor renders with: convolutions are cut by it, and so are their sums. A GPU does not look at it.
    /// </summary>
    [Id(19)] public required int Threads { get; init; }

    /// <summary>
    /// What the sampler is asked for, where that is another number than <see cref="Steps"/>, which it takes: evenly spaced
    /// times can be a few more. Null where they are the same.
    /// </summary>
    [Id(20)] public int? SamplerSteps { get; init; }

    /// <summary>The windows that the video's frames are rendered in; one, where they are no more than the model makes at once.</summary>
    [Id(21)] public IReadOnlyList<FrameWindow> Windows { get; init; } = [];

    /// <summary>How the windows become one video.</summary>
    [Id(22)] public WindowMode Joining { get; init; }

    /// <summary>The work, in order: denoising chunks one after the other, then decoding chunks in any order.</summary>
    [Id(18)] public required IReadOnlyList<Chunk> Chunks { get; init; }

    /// <summary>
    /// The W3C traceparent of the call that submitted the job: the parent of all the job's spans; null where it was not
    /// traced. It has no effect on the work.
    /// </summary>
    [Id(23)] public string? TraceParent { get; init; }

    /// <summary>Whether it makes the draft of a job that waits for approval.</summary>
    [Id(24)] public bool IsDraft { get; init; }

    /// <summary>The frame rate or stride that the network is told; null for the model's.</summary>
    [Id(25)] public int? FpsCondition { get; init; }

    /// <summary>The motion bucket that Stable Video Diffusion is told; null for the model's.</summary>
    [Id(26)] public double? MotionBucket { get; init; }

    /// <summary>Guidance by the image alone; null guides image and prompt together.</summary>
    [Id(27)] public double? ImageGuidance { get; init; }

    /// <summary>The noise on its conditional image; null for the model's.</summary>
    [Id(28)] public double? NoiseAugmentation { get; init; }

    /// <summary>Strength of adaptive low-pass guidance in the first steps; null for none.</summary>
    [Id(29)] public double? Motion { get; init; }

    /// <summary>The share of the steps that it is for; null without.</summary>
    [Id(30)] public double? MotionShare { get; init; }

    /// <summary>
    /// The first step of a chunk and each so many-th after it go through the whole network, those between through its first and last
    /// blocks; 0 where all go through the whole.
    /// </summary>
    [Id(40)] public int WholeStepInterval { get; init; }
}
