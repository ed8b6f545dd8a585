using Cil.Benchmarks.Devices;
using Cil.Benchmarks.Faults;
using Cil.Benchmarks.Grid;
using Cil.Benchmarks.Loading;
using Cil.Benchmarks.Networks;
using Cil.Benchmarks.Scale;
using Cil.Benchmarks.Simulation;
using Cil.Benchmarks.Training;

namespace Cil.Benchmarks;

/// <summary>One benchmark: its name on the command line, what it shows, and what runs it.</summary>
/// <param name="Run">Returns whether its aims are met.</param>
/// <param name="OnRequest">Runs only when it is named: it takes the machine for itself.</param>
internal sealed record Benchmark(string Name, string Summary, Func<BenchmarkOptions, Task<bool>> Run, bool OnRequest = false)
{
    internal static IReadOnlyList<Benchmark> All { get; } =
    [
        .. NetworkCase.All.Select(network => new Benchmark(network.Name, $"{network.Summary} against the original implementation", options => NetworkForward.RunAsync(network, options))),
        .. FullSizeOnGpu.All.Select(network => new Benchmark(network.Name, network.Summary, network.RunAsync, OnRequest: true)),
        new("svd-full", "one pass of Stable Video Diffusion's U-Net in full size, 14 frames of 1024 x 576", SvdFullSize.RunAsync, OnRequest: true),
        new("gpu-faults", "what too little memory and a spoilt kernel look like on a GPU", GpuFaults.RunAsync, OnRequest: true),
        new("training", "a step of each stage that makes cil-tiny", TrainingSteps.RunAsync, OnRequest: true),
        new("loading", "a checkpoint of 2.5 GB in the page cache: all tensors in memory, checked to be finite, against cat", CheckpointLoading.RunAsync),
        new("grid", "a render through the grid against the bare loop in one thread", GridRender.RunAsync),
        new("workers", "jobs on 1, 2 and 4 workers of one machine against as many bare loops side by side", GridWorkers.RunAsync),
        new("waiting", "the queue's data structure by itself: time and memory against its length", WaitingCost.RunAsync),
        new("dispatch", "256 devices that sleep through chunks of 100 ms in one process: how much they are at work", ScaleBenchmark.DispatchAsync),
        new("scale", "jobs that wait in a folder: cost of submitting, taking and listing against their number", ScaleBenchmark.QueueAsync),
        new("simulation", "10,000 simulated devices under the queue's own policy", SimulationBenchmark.RunAsync),
        new("memory", "peak memory of a render, and tensors that it leaves behind", RenderMemory.RunAsync),
        new("faults", "a cluster of processes that are killed and frozen at random with jobs under way (only when asked for: hours)", FaultRun.RunAsync, OnRequest: true),
    ];
}
