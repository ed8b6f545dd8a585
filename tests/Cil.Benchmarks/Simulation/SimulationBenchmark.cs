using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Training.Plots;

namespace Cil.Benchmarks.Simulation;

/// <summary>
/// A day's part of a large farm in seconds, with the queue's own policy: is everybody busy, and does everybody get its share.
/// </summary>
internal static class SimulationBenchmark
{
    private const int Devices = 10_000, Seed = 1;
    private const double Hours = 5;

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        var farm = new GridSimulation(Devices, Hours, Seed);
        farm.Run();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Print(
            $"  {Devices} devices, {Hours:F0} hours in {seconds:F1} s: {farm.Takes} asks ",
            $"({seconds / farm.Takes * 1e6:F2} µs each with all around it)");
        Print(
            $"  {farm.Losses} devices lost, {farm.Failures} chunks failed, {farm.Swaps} models loaded, ",
            $"{100.0 * farm.Stickiness.Stayed / (farm.Stickiness.Stayed + farm.Stickiness.Moved):F1} % of chunks went on where ",
            $"their latents were; jobs lost: {farm.Lost}");
        double contended = farm.Utilisation.Where(minute => minute.Hour is > 0.1 and < Hours * 0.6).Average(minute => minute.Utilisation);
        Print($"  devices at work while jobs waited: {100 * contended:F2} %");
        double had = farm.Tenants.Take(3).Sum(tenant => tenant.Contended),
            shares = farm.Tenants.Take(3).Sum(tenant => tenant.Share), worst = 0;
        foreach (SimulatedTenant tenant in farm.Tenants)
        {
            string share = "";
            if (tenant.Share > 0 && farm.Tenants.Take(3).Contains(tenant))
            {
                double wanted = tenant.Share / shares, got = tenant.Contended / had;
                worst = Math.Max(worst, Math.Abs((got / wanted) - 1));
                share = string.Create(
                    CultureInfo.InvariantCulture,
                    $"; of the device time of the three that always wait {100 * got:F2} %, wanted {100 * wanted:F2} %");
            }

            List<double> waits = [.. tenant.Waits.Order()];
            Print(
                $"  {tenant.Name,-8} {tenant.Sent,7} jobs, {tenant.Done,7} done; waited {Quantile(waits, 0.5) / 60,6:F1} min ",
                $"(median), {Quantile(waits, 0.95) / 60,6:F1} (95 %), {waits[^1] / 60,6:F1} (longest){share}");
        }

        Write(farm);
        bool met = farm.Lost == 0 && worst < 0.05 && contended > 0.95;
        Print($"  aims: no job lost, shares within 5 % ({100 * worst:F2} %), devices at work above 95 %: {(met ? "met" : "NOT met")}");
        return Task.FromResult(met);
    }

    private static void Write(GridSimulation farm)
    {
        string folder = PlotFolder.Find();
        File.WriteAllText(Path.Combine(folder, "simulation-utilisation.svg"), new LinePlot
        {
            Title = "10,000 simulated devices: at work, of those there",
            XAxis = "hours; three of ten devices leave at 2.5, two come back at 3.75; tenants stop sending at 3",
            YAxis = "%",
            Low = 0,
            High = 100,
            Lines = [new PlotLine("", [(0, 0), .. farm.Utilisation.Select(minute => (minute.Hour, 100 * minute.Utilisation))])],
        }.Draw());
        File.WriteAllText(Path.Combine(folder, "simulation-waits.svg"), new LinePlot
        {
            Title = "Jobs that had begun, by how long they had waited",
            XAxis = "minutes, logarithmic; at least 0.1",
            YAxis = "% of the tenant's jobs",
            IsLogarithmic = true,
            Low = 0,
            High = 100,
            Lines = [.. farm.Tenants.Select(
                (tenant, i) => new PlotLine($"{tenant.Name} (share {tenant.Share})", Distribution(tenant.Waits))
                {
                    Colour = LinePlot.Colours[i],
                })],
        }.Draw());
        File.WriteAllText(Path.Combine(folder, "simulation-queue.svg"), new LinePlot
        {
            Title = "Jobs that wait", XAxis = "hours", Low = 0, Lines = [new PlotLine("", [(0, 0), .. farm.Queue])],
        }.Draw());
        Print($"  plots: {folder}/simulation-*.svg");
    }

    private static List<(double X, double Y)> Distribution(List<double> waits)
    {
        List<double> sorted = [.. waits.Order()];
        return [.. Enumerable.Range(0, 201).Select(i => (Math.Max(0.1, Quantile(sorted, i / 200.0) / 60), i / 2.0))];
    }

    private static double Quantile(List<double> sorted, double part) =>
        sorted.Count == 0 ? 0 : sorted[(int)Math.Min(sorted.Count - 1, part * sorted.Count)];

    private static void Print(params FormattableString[] parts) =>
        Console.WriteLine(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
