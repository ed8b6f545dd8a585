using System.Diagnostics;
using System.Globalization;

namespace Cil.Benchmarks.Measuring;

/// <summary>Seconds of repeated runs of one thing.</summary>
internal sealed class Samples(string name)
{
    private readonly List<double> seconds = [], processor = [];

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

    /// <summary>
    /// Runs both one after the other, in turn the one first and the other: what changes while a pair runs, or what the first
    /// leaves behind, falls on both alike.
    /// </summary>
    /// <param name="pair">The pair's number.</param>
    internal static async Task PairAsync(int pair, (Samples Samples, Func<Task> Run) one, (Samples Samples, Func<Task> Run) other)
    {
        (Samples Samples, Func<Task> Run)[] order = pair % 2 == 0 ? [one, other] : [other, one];
        foreach ((Samples samples, Func<Task> run) in order)
        {
            double before = ProcessorSeconds();
            await samples.TimeAsync(run);
            samples.processor.Add(ProcessorSeconds() - before);
        }
    }

    internal void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {name,-36} median {Median:F3} s ({seconds.Min():F3} to {seconds.Max():F3}, "
            + $"{seconds.Count} runs)"));

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
            $"  {name,-36} ratio {ratio:F3} ({ratios.Min():F3} to {ratios.Max():F3}); of the medians {Median / peer.Median:F3}; aim "
                + $"{aim:F2}: {(met ? "met" : "NOT met")}"));
        if (processor.Count > 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {"",-36} of the processor's time {Middle([.. processor.Zip(peer.processor, (mine, other) => mine / other)]):F3}, "
                    + $"in all {processor.Sum() / peer.processor.Sum():F3}; of all time {seconds.Sum() / peer.seconds.Sum():F3}"));
        }

        return met;
    }

    private static double ProcessorSeconds()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    private static double Middle(IReadOnlyCollection<double> values)
    {
        double[] ordered = [.. values.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
