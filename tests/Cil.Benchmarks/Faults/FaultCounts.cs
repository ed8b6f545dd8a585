using System.Globalization;

namespace Cil.Benchmarks.Faults;

/// <summary>What the run has seen.</summary>
internal sealed class FaultCounts
{
    private readonly Dictionary<string, (int Rounds, List<double> Seconds, int Unfinished)> kinds = new(StringComparer.Ordinal);

    /// <summary>Notes one round and how long each job that was hit waited for its next chunk.</summary>
    /// <param name="unfinished">Jobs that had none in time.</param>
    internal void Add(string kind, IReadOnlyCollection<double> seconds, int unfinished)
    {
        (int Rounds, List<double> Seconds, int Unfinished) entry = kinds.GetValueOrDefault(kind, (0, [], 0));
        entry.Seconds.AddRange(seconds);
        kinds[kind] = (entry.Rounds + 1, entry.Seconds, entry.Unfinished + unfinished);
    }

    internal void Print()
    {
        Console.WriteLine("  fault                         rounds  jobs hit  until the next chunk begins, s: median  90 %  worst");
        foreach ((string kind, (int rounds, List<double> seconds, int unfinished)) in kinds.OrderBy(
            pair => pair.Key, StringComparer.Ordinal))
        {
            double[] ordered = [.. seconds.Order()];
            string At(double part) =>
                ordered.Length == 0
                    ? "-"
                    : ordered[(int)Math.Min(ordered.Length - 1, part * ordered.Length)].ToString("F1", CultureInfo.InvariantCulture);
            string rest = unfinished > 0 ? $"  ({unfinished} waited longer than was looked)" : "";
            Console.WriteLine($"  {kind,-30}{rounds,6}{ordered.Length,10}{At(0.5),40}{At(0.9),6}{At(1),7}{rest}");
        }
    }
}
