using Cil.Interfaces.Chunks;

namespace Cil.Grains.Chunks;

/// <summary>
/// The order of a plan's chunks. Denoising chunks come first, in the order in which they can be rendered, then decoding
/// chunks. Windows that continue each other follow one another, each followed by the chunk that decodes the next window's
/// conditioning image; windows that overlap take each step together.
/// </summary>
internal readonly struct ChunkLayout
{
    private readonly RenderPlan plan;
    private readonly int windows, branches, perWindow;
    private readonly bool overlaps;

    internal ChunkLayout(RenderPlan plan)
    {
        this.plan = plan;
        Chunk first = plan.Chunks[0];
        bool predicts = first.Kind == ChunkKind.Predict;
        windows = Math.Max(1, plan.Windows.Count);
        overlaps = WindowPlanner.Overlaps(plan);
        branches = first.Branch == GuidanceBranch.All ? 1 : 2;
        perWindow = predicts ? plan.Steps * branches : WindowPlanner.Parts(plan.Steps, first.Count);
    }

    /// <summary>Cuts a job into chunks.</summary>
    /// <param name="split">Whether the two halves of guidance are chunks of their own.</param>
    internal static List<Chunk> Cut(
        IReadOnlyList<FrameWindow> windows, WindowMode mode, bool split, int steps, int stepsPerChunk, int framesPerDecode)
    {
        var chunks = new List<Chunk>();
        var decoding = new List<(int Window, FrameWindow Frames)>();
        GuidanceBranch[] branches = split ? [GuidanceBranch.Conditional, GuidanceBranch.Unconditional] : [GuidanceBranch.All];
        bool overlaps = WindowPlanner.Overlaps(windows, mode);
        for (int step = 0; overlaps && step < steps; step++)
        {
            for (int window = 0; window < windows.Count; window++) Predict(window, step);
        }

        for (int window = 0; window < windows.Count; window++)
        {
            for (int step = 0; split && !overlaps && step < steps; step++) Predict(window, step);
            for (int first = 0; !split && !overlaps && first < steps; first += stepsPerChunk)
                Add(ChunkKind.Denoise, window, first, Math.Min(stepsPerChunk, steps - first));
            FrameWindow shown = WindowPlanner.Shown(windows, window, mode);
            for (int first = shown.First, end = first + shown.Count; first < end; first += framesPerDecode)
                decoding.Add((window, new FrameWindow(first, Math.Min(framesPerDecode, end - first))));
            if (overlaps || window == windows.Count - 1) continue;
            // The next window waits for it.
            (_, FrameWindow picture) = decoding[^1];
            decoding.RemoveAt(decoding.Count - 1);
            Add(ChunkKind.Decode, window, picture.First, picture.Count);
        }

        foreach ((int window, FrameWindow frames) in decoding) Add(ChunkKind.Decode, window, frames.First, frames.Count);
        return chunks;

        void Add(ChunkKind kind, int window, int first, int count) =>
            chunks.Add(new Chunk(chunks.Count, kind, first, count) { Window = window });

        void Predict(int window, int step)
        {
            foreach (GuidanceBranch branch in branches)
                chunks.Add(new Chunk(chunks.Count, ChunkKind.Predict, step, 1) { Window = window, Branch = branch });
        }
    }

    /// <summary>The indexes of the chunks that must be rendered before one, in order.</summary>
    internal List<int> Sources(Chunk chunk)
    {
        var sources = new List<int>();
        int begin = chunk.Window * (perWindow + 1);
        bool decodes = chunk.Kind == ChunkKind.Decode;
        // The window is conditioned on the last frame of the window before.
        if (!overlaps && !decodes && chunk.Window > 0) sources.Add(begin - 1);
        if (chunk.Kind == ChunkKind.Denoise)
        {
            if (chunk.Index > begin) sources.Add(chunk.Index - 1);
        }
        else if (plan.Chunks[0].Kind == ChunkKind.Denoise)
        {
            sources.Add(begin + perWindow - 1);
        }
        else if ((decodes ? plan.Steps : chunk.First) - 1 is >= 0 and var step)
        {
            Range together = overlaps ? WindowPlanner.Neighbours(plan.Windows, chunk.Window) : chunk.Window..(chunk.Window + 1);
            for (int window = together.Start.Value; window < together.End.Value; window++)
            {
                int place = overlaps ? ((step * windows) + window) * branches : begin + (step * branches);
                for (int branch = 0; branch < branches; branch++) sources.Add(place + branch);
            }
        }

        return sources;
    }
}
