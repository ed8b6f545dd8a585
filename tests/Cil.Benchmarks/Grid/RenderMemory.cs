using System.Globalization;
using Cil.Diffusion.Devices;
using Cil.Grains.Chunks;
using TorchSharp;

namespace Cil.Benchmarks.Grid;

/// <summary>What one render takes at its peak, and what is left of it: no tensor on the thread, next to nothing in the process.</summary>
internal static class RenderMemory
{
    private const double Megabyte = 1048576;

    // Orleans, compiled code and the collector's heap keep something; a video's tensors would be more.
    private const long MostLeft = 64 << 20;

    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        using var model = new BenchmarkModel(options);
        PlannerOptions planning = new() { Threads = options.Threads };
        byte[] picture = GridRender.Picture();
        bool met = Bare(model, picture, planning);
        return met & await GridAsync(model, picture, planning);
    }

    private static bool Bare(BenchmarkModel model, byte[] picture, PlannerOptions planning)
    {
        using var bare = new BareLoop(model);
        byte[] once = bare.Render(picture, "", seed: 1, planning); // what is made once and kept is made here
        DeviceMemory.EmptyCache();
        DeviceMemory.ResetPeaks();
        MemoryStatistics? before = DeviceMemory.Read();
        long tensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        byte[] again = bare.Render(picture, "", seed: 1, planning);
        long left = DisposeScopeManager.Statistics.ThreadTotalLiveCount - tensors;
        if (!once.AsSpan().SequenceEqual(again))
            throw new InvalidOperationException("the second render's bytes are others than the first's");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  bare loop          {left} tensors left after a render (aim 0)"));
        return (left == 0) & Report("bare loop", before);
    }

    private static async Task<bool> GridAsync(BenchmarkModel model, byte[] picture, PlannerOptions planning)
    {
        DeviceMemory.EmptyCache();
        DeviceMemory.ResetPeaks();
        MemoryStatistics? before = DeviceMemory.Read();
        await using (GridSession grid = await GridSession.StartAsync(model, planning))
        {
            _ = await grid.RenderAsync(picture, "", seed: 1);
        }

        return Report("grid, with a model", before);
    }

    private static bool Report(string name, MemoryStatistics? before)
    {
        if (before is not { } begin || DeviceMemory.Read() is not { } after)
        {
            Console.WriteLine($"  {name,-18} the system does not tell the memory of this process");
            return true;
        }

        DeviceMemory.EmptyCache();
        long left = DeviceMemory.Read()!.Value.UsedBytes - begin.UsedBytes;
        bool met = left <= MostLeft;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-18} {(after.PeakBytes - begin.UsedBytes) / Megabyte:F1} MiB more at the peak, {left / Megabyte:F1} MiB more "
                + $"afterwards (aim at most {MostLeft / Megabyte:F0}); whole process {after.PeakBytes / Megabyte:F0} MiB"));
        return met;
    }
}
