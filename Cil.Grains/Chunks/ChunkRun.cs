using System.Text.Json;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Chunks;

/// <summary>
/// Chunks that follow one another in a plan, as they are stored: a few of them, and how often they repeat with the next steps or frames.
/// </summary>
/// <param name="Chunks">The first ones.</param>
/// <param name="Times">How often they come; each time everyone begins where it ended the time before.</param>
internal sealed record ChunkRun(IReadOnlyList<Chunk> Chunks, int Times)
{
    // Windows that are rendered side by side, and both branches of guidance, take turns.
    private const int LongestPeriod = 64;

    internal static List<ChunkRun> Of(IReadOnlyList<Chunk> chunks)
    {
        var runs = new List<ChunkRun>();
        for (int first = 0; first < chunks.Count;)
        {
            (int period, int times) = (1, 1);
            for (int tried = 1; tried <= Math.Min(LongestPeriod, chunks.Count - first); tried++)
            {
                int found = Repeats(chunks, first, tried);
                if (found > 1 && tried * found > period * times) (period, times) = (tried, found);
            }

            runs.Add(new ChunkRun([.. Enumerable.Range(first, period).Select(index => chunks[index])], times));
            first += period * times;
        }

        return runs;
    }

    /// <exception cref="JsonException">There are more than there can be, or fewer than none.</exception>
    internal static List<Chunk> Expand(IReadOnlyList<ChunkRun> runs, int most)
    {
        var chunks = new List<Chunk>();
        foreach (ChunkRun run in runs)
        {
            if (run.Chunks is null || run.Times < 1 || (long)run.Times * run.Chunks.Count > most - chunks.Count)
                throw new JsonException($"Runs: expected at most {most} chunks in all");
            for (int time = 0; time < run.Times; time++)
            {
                foreach (Chunk chunk in run.Chunks) chunks.Add(Later(chunk, time, run.Chunks.Count));
            }
        }

        return chunks;
    }

    private static int Repeats(IReadOnlyList<Chunk> chunks, int first, int period)
    {
        int next = first + period;
        while (next < chunks.Count && chunks[next] == Later(chunks[next - period], 1, period)) next++;
        return (next - first) / period;
    }

    private static Chunk Later(Chunk chunk, int times, int period) =>
        chunk with { Index = chunk.Index + (times * period), First = chunk.First + (times * chunk.Count) };
}
