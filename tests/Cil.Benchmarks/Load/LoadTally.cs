using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Cil.Benchmarks.Load;

/// <summary>What all clients of a load have seen.</summary>
internal sealed class LoadTally
{
    private readonly ConcurrentBag<double> milliseconds = [];
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal), errors = new(StringComparer.Ordinal);

    internal int Errors => errors.Values.Sum();

    internal double Median => Percentile(0.5);

    internal double NearlyAll => Percentile(0.99);

    internal void Count(string what) => counts.AddOrUpdate(what, 1, (_, before) => before + 1);

    internal void AddError(Exception error) => errors.AddOrUpdate($"{error.GetType().Name}: {error.Message}", 1, (_, before) => before + 1);

    /// <summary>Asks for a job's status and takes the time to the answer's last byte.</summary>
    internal async Task<HttpResponseMessage> TimeAsync(HttpClient http, Uri status, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        HttpResponseMessage answer = await http.GetAsync(status, cancellationToken);
        if (answer.IsSuccessStatusCode) milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return answer;
    }

    internal void Print()
    {
        if (!counts.IsEmpty) Console.WriteLine($"  {string.Join(", ", counts.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value} {one.Key}")))}");
        foreach ((string error, int count) in errors.OrderByDescending(one => one.Value).Take(5))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count} x {error}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  a status request: median {Median:F1} ms, 90 % {Percentile(0.9):F1} ms, 99 % {NearlyAll:F1} ms, longest "
                + $"{Percentile(1):F0} ms, of {milliseconds.Count}"));
    }

    private double Percentile(double part)
    {
        double[] ordered = [.. milliseconds.Order()];
        return ordered.Length == 0 ? double.NaN : ordered[Math.Min(ordered.Length - 1, (int)(part * ordered.Length))];
    }
}
