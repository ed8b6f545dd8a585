using Cil.Grains.Chunks;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>Turns a checked request into a plan. Pure: the same arguments give the same plan.</summary>
public static class RenderPlanner
{
    /// <summary>Stands for the model's own statistics in <see cref="RenderPlan.Statistics"/>.</summary>
    public const string ModelStatistics = "model";

    /// <summary>The most frames of a video. A job's state is one blob, which grows with them.</summary>
    public const int MaxFrames = 1024;

    // Of two, three and four: docs/benchmarks.md has what each costs and gains.
    private const int FastInterval = 3;

    /// <param name="drawnSeed">Used when the request has no seed.</param>
    /// <param name="stepCount">Steps that the sampler takes for steps asked for and M; null where it takes what it is asked for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options cut into chunks of nothing.</exception>
    public static RenderPlan Plan(
        RenderJobId job, RenderRequest request, ModelDescription model, PlannerOptions options, ulong drawnSeed,
        Func<int, int, int>? stepCount = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.StepsPerChunk, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FramesPerDecode, 1);
        int frames = request.Frames ?? model.Frames, asked = request.Steps ?? model.Steps, start = Start(request, model);
        int steps = stepCount?.Invoke(asked, start) ?? asked;
        int width = request.Width ?? model.Width, height = request.Height ?? model.Height;
        int decode = model.DecodeChunk ?? options.FramesPerDecode;
        double guidance = request.Guidance ?? model.Guidance;
        // A chunk begins with a whole step: what it keeps of that goes with it.
        int interval = request.Quality == RenderQuality.Fast ? FastInterval : 0,
            stepsPerChunk = interval == 0 ? options.StepsPerChunk : WindowPlanner.Parts(options.StepsPerChunk, interval) * interval;
        IReadOnlyList<FrameWindow> windows = WindowPlanner.Windows(request, model);
        // Guidance 1 has one branch only, and batched branches are one chunk.
        bool split = request.SplitGuidance && guidance != 1 && !options.BatchGuidance;
        bool own = model.HasStatistics && windows[0].Count == model.Frames && width == model.Width && height == model.Height;
        return new RenderPlan
        {
            Job = job,
            Model = model.Name,
            ImageBlob = request.ImageBlob,
            Prompt = request.Prompt,
            NegativePrompt = request.NegativePrompt,
            Width = width,
            Height = height,
            Frames = frames,
            PlaybackFps = request.PlaybackFps ?? model.PlaybackFps,
            Steps = steps,
            SamplerSteps = steps == asked ? null : asked,
            Guidance = guidance,
            FpsCondition = request.FpsCondition,
            MotionBucket = request.MotionBucket,
            ImageGuidance = request.ImageGuidance,
            NoiseAugmentation = request.NoiseAugmentation,
            Motion = request.Motion,
            MotionShare = request.Motion is null ? null : request.MotionShare ?? MotionControls.PublishedShare,
            WholeStepInterval = interval,
            Start = start,
            Statistics = request.AnalyticInit switch { "off" => null, "auto" => own ? ModelStatistics : null, var blob => blob },
            Seed = request.Seed ?? drawnSeed,
            Container = request.Container,
            Precision = options.Precision.ToString(),
            BatchGuidance = options.BatchGuidance,
            FramesPerDecode = decode,
            Threads = options.Threads,
            Windows = windows,
            Joining = request.Joining,
            Chunks = ChunkLayout.Cut(windows, request.Joining, split, steps, stepsPerChunk, decode),
        };
    }

    /// <summary>M of a request.</summary>
    internal static int Start(RenderRequest request, ModelDescription model) =>
        request.Start ?? (request.AutomaticStart ? model.AutomaticStart : null) ?? model.Start;

    /// <summary>
    /// The chunks that must be rendered before one, in the order of the plan; none for the start of sampling. Found by
    /// arithmetic, since it is asked for often.
    /// </summary>
    public static IReadOnlyList<Chunk> Sources(RenderPlan plan, Chunk chunk) =>
        [.. new ChunkLayout(plan).Sources(chunk).Select(source => plan.Chunks[source])];

    /// <summary>
    /// Denoising chunks whose blobs are not needed any more. A blob is kept until the blob made from it has been used in
    /// turn: if the newer one proves damaged, it can be made again from the older. So a job keeps the blobs of two chunks in
    /// sequence, however many it has.
    /// </summary>
    /// <param name="isDone">Whether the chunk of that index is rendered and its blob stored.</param>
    public static IReadOnlyList<Chunk> Obsolete(RenderPlan plan, Func<int, bool> isDone)
    {
        var layout = new ChunkLayout(plan);
        HashSet<int> sources = [.. plan.Chunks.Where(chunk => !isDone(chunk.Index)).SelectMany(layout.Sources)];
        // Decoded frames are kept until the video is made, so their sources are not needed.
        HashSet<int> needed = [.. sources, .. sources.Where(source => plan.Chunks[source].Kind != ChunkKind.Decode)
            .SelectMany(source => layout.Sources(plan.Chunks[source]))];
        return [.. plan.Chunks.Where(chunk => chunk.Kind != ChunkKind.Decode && isDone(chunk.Index) && !needed.Contains(chunk.Index))];
    }
}
