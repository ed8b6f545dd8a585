using System.Globalization;

namespace Cil.Benchmarks.Load;

/// <summary>How often a service's queue was asked between two looks at its metrics.</summary>
internal static class QueueCalls
{
    internal static double PerSecond(Dictionary<string, double> before, Dictionary<string, double> after, double seconds) =>
        after.Sum(call => call.Value - before.GetValueOrDefault(call.Key)) / seconds;

    internal static string Print(Dictionary<string, double> before, Dictionary<string, double> after, double seconds)
    {
        IEnumerable<string> calls = after.Select(call => (call.Key, Rate: (call.Value - before.GetValueOrDefault(call.Key)) / seconds))
            .OrderByDescending(call => call.Rate)
            .Where(call => call.Rate >= 0.05)
            .Select(call => string.Create(CultureInfo.InvariantCulture, $"{call.Key} {call.Rate:F1}"));
        return string.Create(
            CultureInfo.InvariantCulture, $"{PerSecond(before, after, seconds):F1} calls a second ({string.Join(", ", calls)})");
    }
}
