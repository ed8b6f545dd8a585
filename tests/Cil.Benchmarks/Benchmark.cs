using Cil.Benchmarks.Devices;
using Cil.Benchmarks.Faults;
using Cil.Benchmarks.Faults.Network;
using Cil.Benchmarks.Faults.Upgrade;
using Cil.Benchmarks.Grid;
using Cil.Benchmarks.Load;
using Cil.Benchmarks.Loading;
using Cil.Benchmarks.Networks;
using Cil.Benchmarks.Operators;
using Cil.Benchmarks.Scale;
using Cil.Benchmarks.Scaling;
using Cil.Benchmarks.Simulation;
using Cil.Benchmarks.Telemetry;
using Cil.Benchmarks.Training;

namespace Cil.Benchmarks;

/// <summary>One benchmark: its name on the command line, what it shows, and what runs it.</summary>
/// <param name="Run">Returns whether its aims are met.</param>
/// <param name="OnRequest">Runs only when it is named: it takes the machine for itself.</param>
internal sealed record Benchmark(string Name, string Summary, Func<BenchmarkOptions, Task<bool>> Run, bool OnRequest = false)
{
    internal static IReadOnlyList<Benchmark> All { get; } =
    [
        .. NetworkCase.All.Select(
            network => new Benchmark(
                network.Name, $"{network.Summary} against the original implementation",
                options => NetworkForward.RunAsync(network, options))),
        new(
            "operators", "convolutions, products, norms, gates and attention of the networks against libtorch's own operators",
            OperatorCost.RunAsync),
        .. FullSizeOnGpu.All.Select(network => new Benchmark(network.Name, network.Summary, network.RunAsync, OnRequest: true)),
        new(
            "svd-full", "one pass of Stable Video Diffusion's U-Net in full size, 14 frames of 1024 x 576",
            SvdFullSize.RunAsync, OnRequest: true),
        new("gpu-faults", "what too little memory and a spoilt kernel look like on a GPU", GpuFaults.RunAsync, OnRequest: true),
        new("training", "a step of each stage that makes cil-tiny", TrainingSteps.RunAsync, OnRequest: true),
        new(
            "loading", "a checkpoint of 2.5 GB in the page cache: all tensors in memory, checked to be finite, against cat",
            CheckpointLoading.RunAsync),
        new("grid", "a render through the grid against the bare loop in one thread", GridRender.RunAsync),
        new("workers", "jobs on 1, 2 and 4 workers of one machine against as many bare loops side by side", GridWorkers.RunAsync),
        new("waiting", "the queue's data structure by itself: time and memory against its length", WaitingCost.RunAsync),
        new(
            "dispatch", "256 devices that sleep through chunks of 100 ms in one process: how much they are at work",
            ScaleBenchmark.DispatchAsync),
        new("long-jobs", "what a chunk costs the grid in jobs of 100, 1,000 and 10,000 chunks", LongJobs.RunAsync),
        new("scale", "jobs that wait in a folder: cost of submitting, taking and listing against their number", ScaleBenchmark.QueueAsync),
        new("simulation", "10,000 simulated devices under the queue's own policy", SimulationBenchmark.RunAsync),
        new("quality", "--quality fast: what it gains, and how far its videos are from the full ones", FastQuality.RunAsync),
        new("memory", "peak memory of a render, and tensors that it leaves behind", RenderMemory.RunAsync),
        new(
            "network-faults",
            "the same with each silo in a network namespace of its own that is cut off, loses or delays packets (only when asked for)",
            NetworkRun.RunNetworkAsync,
            OnRequest: true),
        new(
            "upgrade",
            "silos of the version before, replaced one after the other by silos of this one with jobs under way (only when asked for)",
            UpgradeRun.RunUpgradeAsync,
            OnRequest: true),
        new(
            "autoscale", "an autoscaler that asks the scaler and starts and stops workers, with jobs under way (only when asked for)",
            AutoscaleRun.RunAsync, OnRequest: true),
        new("load", "200 clients that submit, poll and watch at a service that renders", LoadRun.RunAsync, OnRequest: true),
        new("watchers", "10,000 watchers of jobs that wait, and what they cost the queue", WatcherRun.RunAsync, OnRequest: true),
        new(
            "telemetry", "a render through a service that sends spans, metrics and logs against one that does not",
            TelemetryCost.RunAsync, OnRequest: true),
        new(
            "faults",
            "a cluster of processes that are killed and frozen at random with jobs under way (only when asked for: hours)",
            FaultRun.RunAsync,
            OnRequest: true),
    ];
}
