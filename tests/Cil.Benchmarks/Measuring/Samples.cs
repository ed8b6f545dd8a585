using System.Diagnostics;
using System.Globalization;

namespace Cil.Benchmarks.Measuring;

/// <summary>Seconds of repeated runs of one thing.</summary>
internal sealed class Samples(string name)
{
    private readonly List<double> seconds = [];

    internal double Median => Middle(seconds);

    internal void Add(double value) => seconds.Add(value);

    internal void Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    internal async Task TimeAsync(Func<Task> run)
    {
        long start = Stopwatch.GetTimestamp();
        await run();
        Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    internal void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {name,-36} median {Median:F3} s ({seconds.Min():F3} to {seconds.Max():F3}, {seconds.Count} runs)"));

    /// <summary>
    /// Prints how much of the peer's time this takes: the median of the ratios of neighbouring runs, which share whatever
    /// else the machine was doing just then.
    /// </summary>
    /// <returns>Whether that is at most the aim.</returns>
    internal bool Against(Samples peer, double aim)
    {
        double[] ratios = [.. seconds.Zip(peer.seconds, (mine, other) => mine / other)];
        double ratio = Middle(ratios);
        bool met = ratio <= aim;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-36} ratio {ratio:F3} ({ratios.Min():F3} to {ratios.Max():F3}); of the medians {Median / peer.Median:F3}; aim {aim:F2}: {(met ? "met" : "NOT met")}"));
        return met;
    }

    private static double Middle(IReadOnlyCollection<double> values)
    {
        double[] ordered = [.. values.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
