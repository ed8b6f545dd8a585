using System.Diagnostics;
using System.Globalization;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults;

/// <summary>
/// Which requests to a storage service go wrong: it is now and then slow, refuses, loses its answer, is asked twice, or is
/// out of reach for some seconds.
/// </summary>
internal sealed class StorageFaults(int seed)
{
    /// <summary>How long a slow request waits.</summary>
    internal static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    // Of all requests. What is never answered holds a grain's turn for as long as the store's timeout lasts: seldom.
    private static readonly (StorageFault Fault, double Part)[] Parts =
    [
        (StorageFault.Refused, 0.02), (StorageFault.AnswerLost, 0.01),
        (StorageFault.Twice, 0.01), (StorageFault.Slow, 0.02), (StorageFault.Hangs, 0.0005),
    ];

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(4), OutageEvery = TimeSpan.FromSeconds(45);

    private readonly Random random = new(seed);
    private readonly int[] counts = new int[Parts.Length + 1];
    private long begun, requests;
    private int outages;

    /// <summary>From now on requests go wrong.</summary>
    internal void Begin() => Interlocked.Exchange(ref begun, Stopwatch.GetTimestamp());

    internal void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  storage: {requests} requests, of which "
            + $"{string.Join(", ", Parts.Select((part, index) => $"{counts[index]} {Words(part.Fault)}"))}; {outages} outages of "
            + $"{Outage.TotalSeconds} s that refused {counts[^1]}"));

    /// <summary>What becomes of the next request.</summary>
    internal StorageFault Decide()
    {
        lock (random)
        {
            requests++;
            if (begun == 0) return StorageFault.None;
            TimeSpan since = Stopwatch.GetElapsedTime(begun);
            int outage = (int)(since / OutageEvery);
            // At the end of each stretch.
            if (since - (outage * OutageEvery) > OutageEvery - Outage)
            {
                outages = outage + 1;
                counts[^1]++;
                return StorageFault.Refused;
            }

            double drawn = random.NextDouble();
            for (int index = 0; index < Parts.Length; index++)
            {
                if (drawn < Parts[index].Part)
                {
                    counts[index]++;
                    return Parts[index].Fault;
                }

                drawn -= Parts[index].Part;
            }

            return StorageFault.None;
        }
    }

    private static string Words(StorageFault fault) => fault switch
    {
        StorageFault.Refused => "refused",
        StorageFault.AnswerLost => "done without an answer",
        StorageFault.Twice => "done twice",
        StorageFault.Slow => $"slow by {Slow.TotalSeconds} s",
        _ => "never answered",
    };
}
