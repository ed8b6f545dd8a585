using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Grid;
using Cil.Benchmarks.Measuring;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Load;

/// <summary>Clients of several tenants at a service that renders: errors, latency of status requests, memory.</summary>
internal static class LoadRun
{
    private const int Clients = 200, Tenants = 4, Minutes = 5, Settled = 3, SecondsAMinute = 60;
    private const double MedianAim = 20, NearlyAllAim = 100, GrowthAim = 1.05;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The benchmark "load".</summary>
    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        using var model = new BenchmarkModel(options);
        await using LoadService service = await LoadService.StartAsync(model, Tenants, new Dictionary<string, string>());
        var tally = new LoadTally();
        byte[] picture = GridRender.Picture();
        int count = options.Clients ?? Clients, minutes = options.Minutes ?? Minutes;
        RenderRequest request = new()
        {
            Model = model.Manifest.Name, Prompt = "a bird moves to the right", Steps = options.Steps ?? model.Steps, AnalyticInit = "off",
        };
        HttpClient[] connections = [.. Enumerable.Range(0, count).Select(number => service.Client(service.Keys[number % Tenants]))];
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        Dictionary<string, double> before = await service.QueueCallsAsync();
        TimeSpan processor = service.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Task[] clients = [.. connections.Select(
            (http, number) => new LoadClient(http, request, picture, number, tally).RunAsync(end.Token))];
        List<double> memory = await MemoryAsync(service, end.Token);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double busy = (service.ProcessorTime - processor).TotalSeconds / seconds;
        Dictionary<string, double> after = await service.QueueCallsAsync();
        await Task.WhenAll(clients);
        foreach (HttpClient http in connections) http.Dispose();

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {count} clients of {Tenants} tenants, {seconds:F0} s, {model.Manifest.Name} with {request.Steps} steps; "
                + $"load {Machine.Load()}"));
        tally.Print();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  the service used {busy:F2} processors; its queue answered {QueueCalls.Print(before, after, seconds)}"));
        double[] byMinute = [.. memory.Chunk(SecondsAMinute).Where(some => some.Length >= SecondsAMinute / 2).Select(Middle)];
        // In the first two code is compiled, the model is loaded and the collector's heap comes to its size.
        double growth = byMinute.Length > Settled ? byMinute[^1] / byMinute[Settled - 1] : double.NaN;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  memory by the minute, MB: {string.Join(", ", byMinute.Select(one => one.ToString("F0", CultureInfo.InvariantCulture)))}; "
                + $"the last against the third {growth:F3}"));
        bool met = tally.Errors == 0 && tally.Median < MedianAim && tally.NearlyAll < NearlyAllAim && !(growth > GrowthAim);
        Console.WriteLine(
            $"  aims: no error but 429, {MedianAim} ms at the median, {NearlyAllAim} ms at 99 %, growth {GrowthAim}: "
                + (met ? "met" : "NOT met"));
        return met;
    }

    private static async Task<List<double>> MemoryAsync(LoadService service, CancellationToken end)
    {
        var memory = new List<double>();
        while (!end.IsCancellationRequested)
        {
            memory.Add(service.Megabytes());
            await Task.Delay(Look, CancellationToken.None);
        }

        return memory;
    }

    private static double Middle(double[] values) => values.Order().ElementAt(values.Length / 2);
}
