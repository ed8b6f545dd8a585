using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Grid;
using Cil.Client.Http;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Load;

/// <summary>
/// As many jobs that wait as watchers, each watched by one: while the queue is paused, and while it hands out work, so that every
/// job's position changes whenever one is begun.
/// </summary>
internal static class WatcherRun
{
    private const int Watchers = 10_000, Submitting = 16, Connecting = 64, Probes = 4;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10),
        Measured = TimeSpan.FromSeconds(60), Probe = TimeSpan.FromMilliseconds(200);

    /// <summary>The benchmark "watchers".</summary>
    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        int count = options.Clients ?? Watchers;
        using var model = new BenchmarkModel(options);
        // All come at once, of one tenant.
        var unlimited = new Dictionary<string, string>
        {
            ["Cil__Identity__RequestsPerSecond"] = "1000000", ["Cil__Identity__RequestBurst"] = "1000000",
        };
        await using LoadService service = await LoadService.StartAsync(model, tenants: 1, unlimited);
        var operators = new HttpCilClient(service.Operator);
        await operators.PauseQueueAsync();
        using HttpClient http = service.Client(service.Keys[0]);
        http.Timeout = Timeout.InfiniteTimeSpan;
        List<string> jobs = await SubmitAsync(new HttpCilClient(http), model, count);
        double memory = service.Megabytes();
        using var end = new CancellationTokenSource();
        using var limit = new SemaphoreSlim(Connecting);
        var events = new EventCount();
        Task[] watchers = [.. jobs.Select(job => WatchAsync(http, job, limit, events, end.Token))];
        while (events.Connected < count) await Task.Delay(Probe);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {count} jobs wait, each watched; memory {memory:F0} MB before the watchers, {service.Megabytes():F0} MB with them"));
        await Task.Delay(Settle);
        bool met = await MeasureAsync("paused", service, jobs, events);
        await operators.UnpauseQueueAsync();
        await Task.Delay(Settle);
        met &= await MeasureAsync("at work", service, jobs, events);
        await end.CancelAsync();
        await Task.WhenAll(watchers);
        if (events.Failed > 0) Console.WriteLine($"  {events.Failed} watches broke off");
        return met && events.Failed == 0;
    }

    private static async Task<List<string>> SubmitAsync(HttpCilClient client, BenchmarkModel model, int count)
    {
        byte[] picture = GridRender.Picture();
        var request = new RenderRequest { Model = model.Manifest.Name, Prompt = "a bird", Steps = 50, Seed = 1, AnalyticInit = "off" };
        var jobs = new List<string>();
        long start = Stopwatch.GetTimestamp();
        foreach (int[] some in Enumerable.Range(0, count).Chunk(Submitting))
            jobs.AddRange((await Task.WhenAll(some.Select(_ => client.SubmitAsync(request, picture)))).Select(job => job.Id.Value));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {count / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} jobs a second were submitted"));
        return jobs;
    }

    private static async Task<bool> MeasureAsync(string name, LoadService service, List<string> jobs, EventCount events)
    {
        var tally = new LoadTally();
        Dictionary<string, double> before = await service.QueueCallsAsync();
        (TimeSpan processor, long first, long start) = (service.ProcessorTime, events.Events, Stopwatch.GetTimestamp());
        using HttpClient http = service.Client(service.Keys[0]);
        await Task.WhenAll(Enumerable.Range(0, Probes).Select(async number =>
        {
            var random = new Random(number);
            while (Stopwatch.GetElapsedTime(start) < Measured)
            {
                using HttpResponseMessage answer = await tally.TimeAsync(
                    http, new Uri($"api/jobs/{jobs[random.Next(jobs.Count)]}", UriKind.Relative), CancellationToken.None);
                _ = answer.EnsureSuccessStatusCode();
                await Task.Delay(Probe);
            }
        }));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Dictionary<string, double> after = await service.QueueCallsAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: the queue answered {QueueCalls.Print(before, after, seconds)}; "
                + $"{(events.Events - first) / seconds:F0} events a second; "
                + $"{(service.ProcessorTime - processor).TotalSeconds / seconds:F2} processors; memory {service.Megabytes():F0} MB"));
        tally.Print();
        bool met = QueueCalls.PerSecond(before, after, seconds) <= jobs.Count;
        Console.WriteLine($"  aim: at most a call a second for each watcher: {(met ? "met" : "NOT met")}");
        return met;
    }

    private static async Task WatchAsync(HttpClient http, string job, SemaphoreSlim limit, EventCount events, CancellationToken end)
    {
        try
        {
            await limit.WaitAsync(end);
            HttpResponseMessage answer;
            try
            {
                answer = await http.GetAsync(
                    new Uri($"api/jobs/{job}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, end);
            }
            finally
            {
                _ = limit.Release();
            }

            using (answer)
            {
                _ = answer.EnsureSuccessStatusCode();
                events.Connect();
                using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(end));
                while (await reader.ReadLineAsync(end) is { } line)
                    if (line.StartsWith("data:", StringComparison.Ordinal)) events.Add();
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            events.Fail();
            Console.WriteLine($"  {job}: {error.Message}");
        }
    }

    private sealed class EventCount
    {
        private long events;
        private int connected, failed;

        internal long Events => Interlocked.Read(ref events);

        internal int Connected => connected;

        internal int Failed => failed;

        internal void Add() => Interlocked.Increment(ref events);

        internal void Connect() => Interlocked.Increment(ref connected);

        internal void Fail() => Interlocked.Increment(ref failed);
    }
}
