using System.Diagnostics;
using System.Globalization;
using Cil.Grains.Queue;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Benchmarks.Scale;

/// <summary>The queue's data structure by itself: time and memory against its length.</summary>
internal static class WaitingCost
{
    private const int Looks = 20_000, Tenants = 20;

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        bool met = true;
        _ = Measure(1_000);
        foreach (int length in (int[])[1_000, 10_000, 100_000, 1_000_000]) met &= Measure(length).Bytes < 10_000L * 1024;
        return Task.FromResult(met);
    }

    private static (double Take, long Bytes) Measure(int length)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var random = new Random(1);
        var work = new TicketQueue(new QueueOptions());
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < length; i++) work.Offer(Ticket(i, random, now), now);
        double offer = Stopwatch.GetElapsedTime(start).TotalSeconds / length;
        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / length;
        WorkerOffer worker = new() { Worker = "w/0", Models = ["m0", "m1", "m2"], Loaded = "m1", Memory = 48L << 30 };
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Looks; i++)
        {
            ChunkTicket ticket = work.Take(worker, now)!;
            work.End(ticket.Job, ticket.Chunk, TimeSpan.FromSeconds(10));
            work.Offer(ticket, now);
        }

        double take = Stopwatch.GetElapsedTime(start).TotalSeconds / Looks;
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / Looks;
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Looks; i++) _ = work.Position(new RenderJobId($"job-{i % length:D28}"));
        double position = Stopwatch.GetElapsedTime(start).TotalSeconds / Looks;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {length,9} jobs of {Tenants} tenants: offer {offer * 1e6:F2} µs, take with end and offer {take * 1e6:F2} µs "
                + $"({allocated} bytes allocated), position {position * 1e6:F2} µs, {bytes} bytes a job"));
        return (take, bytes);
    }

    private static ChunkTicket Ticket(int number, Random random, DateTimeOffset now) => new()
    {
        Job = new RenderJobId($"job-{number:D28}"),
        Chunk = 0,
        Kind = ChunkKind.Denoise,
        Model = $"m{random.Next(3)}",
        Since = now.AddSeconds(-random.NextDouble() * 3600),
        Tenant = $"tenant-{random.Next(Tenants)}",
        Priority = random.Next(10) == 0 ? 1 : 0,
        Memory = (long)(8 + random.Next(8)) << 30,
    };
}
