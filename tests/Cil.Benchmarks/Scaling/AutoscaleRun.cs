using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Faults;
using Cil.Benchmarks.Grid;
using Cil.Client.Http;
using Cil.Interfaces.Jobs;
using Cil.TestKit.Scaling;

namespace Cil.Benchmarks.Scaling;

/// <summary>
/// Bursts of jobs and quiet between them, and an autoscaler that asks the real scaler and starts and stops real workers. Each job
/// must end in the bytes of an undisturbed render, and devices must be at work while work waits.
/// </summary>
internal sealed class AutoscaleRun(BenchmarkOptions options, BenchmarkModel model, string folder)
{
    private const int StandardMinutes = 60, Most = 2, Kinds = 4, Steps = 40, StepsPerChunk = 4, BurstLeast = 3, BurstMost = 12;
    private const double AllowedIdle = 0.1;

    // A tenth of the times of k8s/components/keda, so that an hour holds many rises and falls.
    private static readonly AutoscalerTimes Times = new(
        Poll: TimeSpan.FromSeconds(3), Cooldown: TimeSpan.FromSeconds(60), Stabilisation: TimeSpan.FromSeconds(30),
        DownEvery: TimeSpan.FromSeconds(6), Grace: TimeSpan.FromSeconds(120));

    // As of an image and a model that take five minutes.
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(60), Quiet = TimeSpan.FromSeconds(120),
        JobTimeout = TimeSpan.FromMinutes(20), Look = TimeSpan.FromMilliseconds(250);

    private readonly Random random = new(options.Seed);
    private readonly List<Task<(int Kind, JobSnapshot? End, byte[]? Video)>> jobs = [];

    /// <summary>The benchmark "autoscale".</summary>
    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("cil-autoscale-").FullName;
        using var model = new BenchmarkModel(options);
        bool met = await new AutoscaleRun(options, model, folder).RunAsync();
        if (met) Directory.Delete(folder, recursive: true);
        else Console.WriteLine($"  data and logs: {folder}");
        return met;
    }

    private async Task<bool> RunAsync()
    {
        byte[] picture = GridRender.Picture();
        RenderRequest[] requests = [.. Enumerable.Range(0, Kinds).Select(kind => new RenderRequest
        {
            Model = model.Manifest.Name, Prompt = "a bird moves to the right", Steps = Steps, Seed = (ulong)kind + 1, AnalyticInit = "off",
        })];
        byte[][] references = await ReferenceRenders.MakeAsync(model, folder, requests, picture);
        using var grid = new ScaledGrid(
            Path.Combine(AppContext.BaseDirectory, "cil.dll"),
            folder,
            model.Folder,
            new Dictionary<string, string>
            {
                ["Cil__Planning__StepsPerChunk"] = StepsPerChunk.ToString(CultureInfo.InvariantCulture), ["Cil__DrainSeconds"] = "90",
            })
        { SlowStart = SlowStart };
        await grid.ReadyAsync();
        using var flow = new JobFlow([grid.Url], requests, picture);
        using var scaler = new Autoscaler(grid.Scaler, ScaledGrid.Class, Most, Times, grid.StartWorker);
        using var http = new HttpClient { BaseAddress = grid.Url };
        var meter = new IdleMeter(new HttpCilClient(http), scaler, Look);
        int atWork = 0;
        scaler.Stopping = worker => atWork += meter.Busy.Contains(worker.Name) ? 1 : 0;
        using var enough = new CancellationTokenSource();
        Task scaling = scaler.RunAsync(enough.Token), measuring = meter.RunAsync(enough.Token);
        int bursts = await LoadAsync(flow);
        (int Kind, JobSnapshot? End, byte[]? Video)[] ends = await Task.WhenAll(jobs);
        while (scaler.Running.Count > 0 || !scaler.HasSettled) await Task.Delay(Look);
        await enough.CancelAsync();
        await Task.WhenAll(scaling, measuring);

        int lost = ends.Count(job => job.End is null), failed = ends.Count(job => job.End is { } end && end.State != JobState.Completed);
        int different = ends.Count(job => job.Video is { } video && !video.AsSpan().SequenceEqual(references[job.Kind]));
        ScaledWorker[] bad = [.. scaler.All.Where(worker => !grid.EndedWell(worker))];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {bursts} bursts, {ends.Length} jobs: {lost} lost, {failed} failed, {different} with other bytes than an undisturbed "
                + $"render (aims: 0)"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {scaler.All.Count} workers were started and stopped, {atWork} of them with a chunk in hand; the slowest ended after "
                + $"{scaler.All.Max(worker => worker.StopTime).TotalSeconds:F1} s, {bad.Length} badly (aim: 0); {scaler.Errors} "
                + $"questions were not answered"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  devices idle while work waited: {100 * meter.IdleShare:F1} % of {meter.Devices:F0} device-seconds (aim: below "
                + $"{100 * AllowedIdle:F0} %); workers that started meanwhile, {SlowStart.TotalSeconds:F0} s and more each: "
                + $"{meter.Starting:F0} s"));
        return lost + failed + different + bad.Length == 0 && meter.IdleShare < AllowedIdle;
    }

    // Bursts of random size, each spread over a minute, and quiet of random length between them, often long enough for the
    // last worker to go.
    private async Task<int> LoadAsync(JobFlow flow)
    {
        long start = Stopwatch.GetTimestamp();
        int bursts = 0, number = 0;
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(options.Minutes ?? StandardMinutes))
        {
            bursts++;
            int count = random.Next(BurstLeast, BurstMost + 1);
            for (int job = 0; job < count; job++)
            {
                jobs.Add(flow.FollowAsync(number++, JobTimeout));
                await Task.Delay(Spread * random.NextDouble() * 2 / count);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} min: burst {bursts} of {count} jobs; "
                    + $"{jobs.Count(job => job.IsCompleted)} of {jobs.Count} jobs done"));
            await Task.WhenAll(jobs);
            await Task.Delay(Quiet * random.NextDouble());
        }

        return bursts;
    }
}
