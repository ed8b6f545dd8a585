using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Training.Plots;

namespace Cil.Benchmarks.Scale;

/// <summary>What a chunk costs the grid against the chunks of its job: devices that take no time, storage in memory.</summary>
internal static class LongJobs
{
    private const double TimeAim = 1.5, BytesAim = 16 << 10;
    private const int StepsOfMany = 1000, FramesOfTenWindows = 151;

    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        var blobs = new MemoryBlobStore();
        await using ScaleGrid grid = await ScaleGrid.StartAsync(
            blobs, devices: 1, TimeSpan.Zero, new PlannerOptions { StepsPerChunk = 1, FramesPerDecode = 16 });
        _ = await CostAsync(grid, blobs, steps: 100, frames: null, jobs: 10); // while code is compiled
        (double Chunks, double Microseconds, double Bytes)[] costs =
        [
            await CostAsync(grid, blobs, steps: 100, frames: null, jobs: 20),
            await CostAsync(grid, blobs, steps: StepsOfMany, frames: null, jobs: 3),
            await CostAsync(grid, blobs, steps: StepsOfMany, frames: FramesOfTenWindows, jobs: 1),
        ];
        foreach ((double chunks, double microseconds, double bytes) in costs)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {chunks,6:F0} chunks: {microseconds,6:F0} µs of processor time and {bytes,7:F0} bytes written for each"));
        }

        File.WriteAllText(Path.Combine(PlotFolder.Find(), "long-jobs.svg"), new LinePlot
        {
            Title = "Cost of a chunk against the chunks of its job",
            XAxis = "chunks of the job, logarithmic",
            YAxis = "of what it is in a job of 100",
            IsLogarithmic = true,
            Low = 0,
            Lines =
            [
                new PlotLine("processor time", [.. costs.Select(cost => (cost.Chunks, cost.Microseconds / costs[0].Microseconds))])
                {
                    Colour = LinePlot.Colours[0],
                },
                new PlotLine("bytes written", [.. costs.Select(cost => (cost.Chunks, cost.Bytes / costs[0].Bytes))])
                {
                    Colour = LinePlot.Colours[1],
                },
            ],
        }.Draw());
        double time = costs[^1].Microseconds / costs[0].Microseconds;
        bool met = time <= TimeAim && costs.All(cost => cost.Bytes <= BytesAim);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  10,000 against 100: {time:F2} of the time; aim at most {TimeAim:F1}, and at most 16 KiB a chunk: ")
            + (met ? "met" : "NOT met"));
        return met;
    }

    private static async Task<(double Chunks, double Microseconds, double Bytes)> CostAsync(
        ScaleGrid grid, MemoryBlobStore blobs, int steps, int? frames, int jobs)
    {
        int before = grid.Devices[0].Chunks;
        long bytes = blobs.Bytes;
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        for (int job = 0; job < jobs; job++)
        {
            JobSnapshot snapshot = await grid.SubmitOneAsync(steps, frames);
            while (!snapshot.IsFinished)
            {
                await Task.Delay(50);
                snapshot = (await grid.Client.GetAsync(snapshot.Id))!;
            }

            if (snapshot.State != JobState.Completed) throw new InvalidOperationException($"{snapshot.State}: {snapshot.Error?.Message}");
        }

        double chunks = grid.Devices[0].Chunks - before;
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - processor;
        return (chunks / jobs, used.TotalMicroseconds / chunks, (blobs.Bytes - bytes) / chunks);
    }
}
