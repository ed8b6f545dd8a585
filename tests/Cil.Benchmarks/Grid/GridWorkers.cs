using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Grains.Chunks;

namespace Cil.Benchmarks.Grid;

/// <summary>Several workers of one machine, each with a thread of its own, against as many bare loops side by side.</summary>
internal static class GridWorkers
{
    private const double Aim = 1.02;
    private const int JobsEach = 2;
    private const string Prompt = "a bird moves to the right";

    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        using var model = new BenchmarkModel(options);
        PlannerOptions planning = new() { Threads = 1 };
        byte[] picture = GridRender.Picture();
        bool met = true;
        foreach (int workers in (int[])[1, 2, 4])
        {
            BareLoop[] bare = [.. Enumerable.Range(0, workers).Select(_ => new BareLoop(model))];
            await using GridSession grid = await GridSession.StartAsync(model, planning, workers);
            byte[][] expected = await AloneAsync(bare, picture, planning, first: 1),
                videos = await ThroughAsync(grid, workers, picture, first: 1);
            if (!expected.Zip(videos).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                throw new InvalidOperationException("the grid's videos are others than the bare loops'");
            (Samples? alone, Samples? through) = (new Samples(
                $"{workers} bare loops, {workers * JobsEach} renders"), new Samples($"{workers} workers, {workers * JobsEach} jobs"));
            for (int run = 0; run < options.Runs; run++)
            {
                ulong first = (ulong)((run + 1) * 1000);
                await Samples.PairAsync(
                    run, (alone, () => AloneAsync(bare, picture, planning, first)),
                    (through, () => ThroughAsync(grid, workers, picture, first)));
            }

            alone.Print();
            through.Print();
            met &= through.Against(alone, Aim);
            foreach (BareLoop loop in bare) loop.Dispose();
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {model.Manifest.Name}, {model.Steps} steps; every video of the first run had the same bytes on both sides"));
        return met;
    }

    private static async Task<byte[][]> AloneAsync(BareLoop[] loops, byte[] picture, PlannerOptions planning, ulong first)
    {
        byte[][][] videos = await Task.WhenAll(loops.Select((loop, index) => OnThread(() => (byte[][])[.. Enumerable.Range(0, JobsEach)
            .Select(job => loop.Render(picture, Prompt, first + (ulong)((index * JobsEach) + job), planning))])));
        return [.. videos.SelectMany(some => some)];
    }

    private static Task<byte[][]> ThroughAsync(GridSession grid, int workers, byte[] picture, ulong first) =>
        Task.WhenAll(Enumerable.Range(0, workers * JobsEach).Select(job => grid.RenderAsync(picture, Prompt, first + (ulong)job)));

    // Each loop has a thread for itself, as a device has.
    private static Task<T> OnThread<T>(Func<T> call) => Task.Factory.StartNew(
        () =>
        {
            TorchSharp.torch.set_num_threads(1);
            return call();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
