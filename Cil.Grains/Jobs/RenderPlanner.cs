using Cil.Grains.Models;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;

namespace Cil.Grains.Jobs;

/// <summary>Turns a checked request into a plan. Pure: the same arguments give the same plan.</summary>
public static class RenderPlanner
{
    /// <summary>Stands for the model's own statistics in <see cref="RenderPlan.Statistics"/>.</summary>
    public const string ModelStatistics = "model";

    /// <param name="drawnSeed">Used when the request has no seed.</param>
    /// <param name="stepCount">Steps that the sampler takes for steps asked for and M; null where it takes what it is asked for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options cut into chunks of nothing.</exception>
    public static RenderPlan Plan(
        RenderJobId job, RenderRequest request, ModelDescription model, PlannerOptions options, ulong drawnSeed, Func<int, int, int>? stepCount = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.StepsPerChunk, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FramesPerDecode, 1);
        int frames = request.Frames ?? model.Frames, asked = request.Steps ?? model.Steps, start = request.Start ?? model.Start;
        int steps = stepCount?.Invoke(asked, start) ?? asked;
        int width = request.Width ?? model.Width, height = request.Height ?? model.Height;
        int decode = model.DecodeChunk ?? options.FramesPerDecode;
        bool own = model.HasStatistics && frames == model.Frames && width == model.Width && height == model.Height;
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
            Guidance = request.Guidance ?? model.Guidance,
            Start = start,
            Statistics = request.AnalyticInit switch { "off" => null, "auto" => own ? ModelStatistics : null, var blob => blob },
            Seed = request.Seed ?? drawnSeed,
            Container = request.Container,
            Precision = options.Precision,
            BatchGuidance = options.BatchGuidance,
            FramesPerDecode = decode,
            Threads = options.Threads,
            Chunks = Cut(steps, frames, options.StepsPerChunk, decode),
        };
    }

    /// <summary>
    /// The chunks that must be rendered before one, in the order of the plan: the denoising chunk before it, or none for the
    /// start of sampling. Found by arithmetic, since it is asked for often.
    /// </summary>
    public static IReadOnlyList<Chunk> Sources(RenderPlan plan, Chunk chunk)
    {
        int denoising = Parts(plan.Steps, plan.Chunks[0].Count);
        int before = chunk.Kind == ChunkKind.Denoise ? chunk.Index - 1 : denoising - 1;
        return before < 0 ? [] : [plan.Chunks[before]];
    }

    private static int Parts(int whole, int part) => ((whole - 1) / part) + 1;

    private static List<Chunk> Cut(int steps, int frames, int stepsPerChunk, int framesPerDecode)
    {
        var chunks = new List<Chunk>();
        for (int first = 0; first < steps; first += stepsPerChunk)
            chunks.Add(new Chunk(chunks.Count, ChunkKind.Denoise, first, Math.Min(stepsPerChunk, steps - first)));
        for (int first = 0; first < frames; first += framesPerDecode)
            chunks.Add(new Chunk(chunks.Count, ChunkKind.Decode, first, Math.Min(framesPerDecode, frames - first)));
        return chunks;
    }
}
