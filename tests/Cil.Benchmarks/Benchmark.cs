using Cil.Benchmarks.Faults;
using Cil.Benchmarks.Grid;
using Cil.Benchmarks.Loading;
using Cil.Benchmarks.Networks;

namespace Cil.Benchmarks;

/// <summary>One benchmark: its name on the command line, what it shows, and what runs it.</summary>
/// <param name="Run">Returns whether its aims are met.</param>
internal sealed record Benchmark(string Name, string Summary, Func<BenchmarkOptions, Task<bool>> Run)
{
    /// <summary>Whether it runs only when it is asked for by name.</summary>
    internal bool IsLong { get; init; }

    internal static IReadOnlyList<Benchmark> All { get; } =
    [
        .. NetworkCase.All.Select(network => new Benchmark(network.Name, $"{network.Summary} against the original implementation", options => NetworkForward.RunAsync(network, options))),
        new("loading", "a checkpoint of 2.5 GB in the page cache: all tensors in memory, checked to be finite, against cat", CheckpointLoading.RunAsync),
        new("grid", "a render through the grid against the bare loop in one thread", GridRender.RunAsync),
        new("memory", "peak memory of a render, and tensors that it leaves behind", RenderMemory.RunAsync),
        new("faults", "a cluster of processes that are killed and frozen at random with jobs under way (only when asked for: hours)", FaultRun.RunAsync) { IsLong = true },
    ];
}
