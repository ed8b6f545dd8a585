using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;
using Cil.Storage;
using Cil.Training.Plots;

namespace Cil.Benchmarks.Scale;

/// <summary>Many devices and many jobs in one process: what the grid itself costs.</summary>
internal static class ScaleBenchmark
{
    private const int Devices = 256, MostLooks = 200;
    private static readonly int[] Lengths = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
    private static readonly TimeSpan Chunk = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// 256 devices with chunks of 100 ms in one process: how much they are at work, and how long they wait between chunks.
    /// </summary>
    internal static async Task<bool> DispatchAsync(BenchmarkOptions options)
    {
        TimeSpan warmUp = TimeSpan.FromSeconds(5), measured = TimeSpan.FromSeconds(20);
        var blobs = new MemoryBlobStore();
        await using ScaleGrid grid = await ScaleGrid.StartAsync(blobs, Devices, Chunk);
        int perJob = (await grid.Client.GetAsync((await grid.SubmitOneAsync()).Id))!.Steps / 5;
        // Enough for all devices until the end, at a job for each of them and then some.
        await grid.SubmitAsync(Devices + (int)(Devices * (warmUp + measured) / Chunk / perJob));
        await Task.Delay(warmUp);
        foreach (SleepingRenderer device in grid.Devices) device.Reset();
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp(), writes = blobs.Writes;
        await Task.Delay(measured);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            cpu = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
        int chunks = grid.Devices.Sum(device => device.Chunks);
        double nominal = chunks * Chunk.TotalSeconds / (Devices * seconds),
            worked = grid.Devices.Sum(device => device.Worked) / (Devices * seconds);
        double[] gaps = [.. grid.Devices.SelectMany(device => device.Gaps.ToArray()).Order()];
        QueueStatus status = await grid.Queue.StatusAsync();
        Print(
            $"  {Devices} devices, {chunks} chunks in {seconds:F1} s: at work {100 * worked:F1} % of the time (at exactly 100 ms a ",
            $"chunk {100 * nominal:F1} %); {status.Waiting} jobs still wait");
        Print(
            $"  end of a chunk to the start of the next: median {1000 * gaps[gaps.Length / 2]:F3} ms, 95 % ",
            $"{1000 * gaps[gaps.Length * 95 / 100]:F3} ms, longest {1000 * gaps[^1]:F1} ms");
        Print(
            $"  processor time: {1e6 * cpu / chunks:F0} µs a chunk, {100 * cpu / seconds:F0} % of one processor; ",
            $"{(double)(blobs.Writes - writes) / chunks:F2} blobs written a chunk");
        bool met = worked >= 0.95 && gaps[gaps.Length / 2] < 0.002;
        Print($"  aims: at work 95 %, median under 2 ms: {(met ? "met" : "NOT met")}");
        return met;
    }

    /// <summary>
    /// Jobs that wait in a folder's queue: what submitting, taking and listing cost at each length, and what memory it takes.
    /// </summary>
    internal static async Task<bool> QueueAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("cil-scale-").FullName;
        try
        {
            await using ScaleGrid grid = await ScaleGrid.StartAsync(new FileBlobStore(folder), devices: 0, Chunk);
            await grid.SubmitAsync(200);
            long before = Memory();
            (List<(double, double)>? submits, List<(double, double)>? takes, List<(double, double)>? lists) =
                (new List<(double, double)>(), new List<(double, double)>(), new List<(double, double)>());
            int waiting = 200;
            long all = Stopwatch.GetTimestamp();
            double submitting = 0;
            foreach (int length in Upto(options.Jobs))
            {
                long start = Stopwatch.GetTimestamp();
                await grid.SubmitAsync(length - waiting);
                double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
                submitting += took;
                submits.Add((length, took / (length - waiting) * 1000));
                waiting = length;
                takes.Add((length, await TakeAsync(grid) * 1000));
                lists.Add((length, await ListAsync(grid) * 1000));
                Print(
                    $"  {length,7} jobs: submit {submits[^1].Item2:F3} ms each, 64 at once ({1000 / submits[^1].Item2:F0} a second); ",
                    $"take and offer {takes[^1].Item2:F3} ms; list 20 of them {lists[^1].Item2:F2} ms; ",
                    $"{(Memory() - before) / 1048576.0:F0} MiB more than before");
            }

            // Jobs without a worker leave memory by themselves; the queue and the index stay.
            await Task.Delay(TimeSpan.FromSeconds(15));
            long held = Memory() - before;
            int queued = (await grid.Queue.StatusAsync()).Waiting;
            double rate = (waiting - 200) / submitting;
            Print(
                $"  {queued} jobs wait, in {held / 1048576.0:F0} MiB; whole process {Environment.WorkingSet / 1048576.0:F0} MiB; ",
                $"submitted at {rate:F0} a second");
            string plots = PlotFolder.Find();
            File.WriteAllText(Path.Combine(plots, "scale-queue.svg"), new LinePlot
            {
                Title = "Cost against the number of jobs that wait, in a folder",
                XAxis = "jobs that wait, logarithmic",
                YAxis = "ms",
                IsLogarithmic = true,
                Low = 0,
                Lines =
                [
                    new PlotLine("submit, 64 at once", submits) { Colour = LinePlot.Colours[0] },
                    new PlotLine("take and offer", takes) { Colour = LinePlot.Colours[1] },
                    new PlotLine("list 20 jobs", lists) { Colour = LinePlot.Colours[2] },
                ],
            }.Draw());
            bool met = queued == waiting && held < 1L << 30 && rate > 1000;
            Print($"  aims: all wait, under 1024 MiB, over 1000 a second: {(met ? "met" : "NOT met")}; plot: {plots}/scale-queue.svg");
            return met;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<int> Upto(int most) => Lengths.Where(length => length < most).Append(most);

    // A take and its undoing, which leave the queue as it was.
    private static async Task<double> TakeAsync(ScaleGrid grid)
    {
        var offer = new WorkerOffer { Worker = "nobody/0", Models = [ScaleModel.Name], Loaded = ScaleModel.Name, Memory = 1L << 34 };
        var samples = new List<double>();
        for (int i = 0; i < MostLooks; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ChunkTicket ticket = (await grid.Queue.TakeNextAsync(offer))!;
            await grid.Queue.EndAsync(ticket.Job, ticket.Chunk, TimeSpan.Zero);
            await grid.Queue.OfferAsync(ticket);
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return samples.Order().ElementAt(samples.Count / 2);
    }

    private static async Task<double> ListAsync(ScaleGrid grid)
    {
        var samples = new List<double>();
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            if ((await grid.Client.ListAsync(new JobQuery { Limit = 20 })).Count != 20)
                throw new InvalidOperationException("a list of 20 jobs has not 20");
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return samples.Order().ElementAt(samples.Count / 2);
    }

    private static long Memory()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Print(params FormattableString[] parts) =>
        Console.WriteLine(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
