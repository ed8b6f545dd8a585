using Cil.Benchmarks.Grid;
using Cil.Benchmarks.UNet;

namespace Cil.Benchmarks;

/// <summary>One benchmark: its name on the command line, what it shows, and what runs it.</summary>
/// <param name="Run">Returns whether its aims are met.</param>
internal sealed record Benchmark(string Name, string Summary, Func<BenchmarkOptions, Task<bool>> Run)
{
    internal static IReadOnlyList<Benchmark> All { get; } =
    [
        new("unet", "one pass of a DynamiCrafter U-Net against the original implementation", UNetForward.RunAsync),
        new("grid", "a render through the grid against the bare loop in one thread", GridRender.RunAsync),
        new("memory", "peak memory of a render, and tensors that it leaves behind", RenderMemory.RunAsync),
    ];
}
