using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Grains.Chunks;
using Cil.Media.Images;

namespace Cil.Benchmarks.Grid;

/// <summary>What the grid adds to a render: plan, queue, leases, checkpoints, previews, storage, progress.</summary>
internal static class GridRender
{
    private const double Aim = 1.02;
    private const string Prompt = "a bird moves to the right";

    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        using var model = new BenchmarkModel(options);
        PlannerOptions planning = new() { Threads = options.Threads };
        byte[] picture = Picture();
        using var bare = new BareLoop(model);
        await using GridSession grid = await GridSession.StartAsync(model, planning);
        byte[] expected = bare.Render(picture, Prompt, seed: 1, planning);
        byte[] video = await grid.RenderAsync(picture, Prompt, seed: 1);
        if (!expected.AsSpan().SequenceEqual(video))
            throw new InvalidOperationException("the grid's video is another than the bare loop's");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {model.Manifest.Name}: {model.Manifest.Frames} frames of {model.Manifest.Width}x{model.Manifest.Height}, "
                + $"{model.Steps} steps; the same {expected.Length} bytes on both sides"));

        (Samples? alone, Samples? through) = (new Samples("bare loop"), new Samples("through the grid"));
        for (int run = 0; run < options.Runs; run++)
        {
            ulong seed = (ulong)run + 2;
            await Samples.PairAsync(
                run, (alone, () => Task.FromResult(bare.Render(picture, Prompt, seed, planning))),
                (through, () => grid.RenderAsync(picture, Prompt, seed)));
        }

        alone.Print();
        through.Print();
        return through.Against(alone, Aim);
    }

    /// <summary>A picture file with something in it: a bright disc on a gradient.</summary>
    internal static byte[] Picture()
    {
        const int Size = 128;
        byte[] pixels = new byte[Size * Size * 3];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                bool inside = ((x - 48) * (x - 48)) + ((y - 64) * (y - 64)) < 600;
                int at = ((y * Size) + x) * 3;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = inside ? ((byte)230, (byte)180, (byte)40) : ((byte)x, (byte)y, (byte)120);
            }
        }

        return PngWriter.Write(pixels, Size, Size);
    }
}
