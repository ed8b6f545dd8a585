using System.Diagnostics;
using System.Globalization;
using Cil.Diffusion.Devices;

namespace Cil.Hostile.Tests;

/// <summary>
/// Mutated inputs one after the other: each is read or refused, within 5 s, and the process grows by no more than 300 MB. The
/// number of an input is its seed, so that a failure can be repeated. CIL_HOSTILE_INPUTS asks for more of each kind, and
/// CIL_HOSTILE_STATE names a folder that keeps a <see cref="Tally"/> of each: a run that was broken off, by a crash too, goes
/// on behind the input that was begun last (bench/hostile.sh).
/// </summary>
internal static class HostileRun
{
    /// <summary>An input that was as good as a valid one.</summary>
    internal const string Taken = "read";

    private const long MostGrowth = 300_000_000;
    private const int Warm = 20, Slack = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="kind">Names the inputs, also in the folder of the state.</param>
    /// <param name="count">Inputs of the short form.</param>
    /// <param name="valid">Files that are as they should be.</param>
    /// <param name="read">Reads one, and throws what is no refusal.</param>
    internal static Task RunAsync(string kind, int count, IReadOnlyList<byte[]> valid, Func<byte[], Task<string>> read) =>
        RunAsync(kind, count, valid, (input, _) => read(input));

    /// <inheritdoc cref="RunAsync(string, int, IReadOnlyList{byte[]}, Func{byte[], Task{string}})"/>
    /// <param name="read">Gets also which valid file was changed.</param>
    internal static async Task RunAsync(string kind, int count, IReadOnlyList<byte[]> valid, Func<byte[], int, Task<string>> read)
    {
        using var canary = new Canary();
        var mutation = new Mutation(canary.Path);
        if (int.TryParse(Environment.GetEnvironmentVariable("CIL_HOSTILE_INPUTS"), CultureInfo.InvariantCulture, out int asked))
            count = asked;
        string? folder = Environment.GetEnvironmentVariable("CIL_HOSTILE_STATE");
        using var tally = new Tally(
            string.IsNullOrEmpty(folder) ? null : Path.Combine(Directory.CreateDirectory(folder).FullName, kind), count);
        for (int i = 0; i < Warm; i++) _ = await TryAsync(kind, -1, i % valid.Count, valid[i % valid.Count], read);
        DeviceMemory.ResetPeaks();
        long idle = DeviceMemory.Read()!.Value.UsedBytes;
        for (int number = tally.Next; number < count; number++)
        {
            var random = new Random(number);
            int whole = random.Next(valid.Count);
            byte[] input = mutation.Of(valid[whole], valid[random.Next(valid.Count)], random);
            tally.Begin(number);
            (string outcome, TimeSpan time) = await TryAsync(kind, number, whole, input, read);
            // A busy machine may stop anything for a while, and not twice; one that is busy all the time stops valid inputs as well.
            if (time > Limit)
            {
                tally.CountSlow();
                TimeSpan again = (await TryAsync(kind, number, whole, input, read)).Time,
                    usual = (await TryAsync(kind, -1, whole, valid[whole], read)).Time;
                if (again > Limit + (usual * Slack)) Assert.Fail($"{kind} {number}: took {again}, and a valid one {usual}");
            }

            tally.End(outcome, time);
            Assert.False(canary.IsOpened, $"{kind} {number}: something opened {canary.Path}");
            long growth = DeviceMemory.Read()!.Value.PeakBytes - idle;
            tally.Grown(growth);
            Assert.True(growth <= MostGrowth, $"{kind} {number}: up to here the process grew by {growth} bytes at most");
        }

        Assert.False(canary.IsOpened);
        await canary.RequireAwakeAsync();
    }

    private static async Task<(string Outcome, TimeSpan Time)> TryAsync(
        string kind, int number, int whole, byte[] input, Func<byte[], int, Task<string>> read)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            string outcome = await read(input, whole);
            return (outcome, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Assert.Fail($"{kind} {number} ({input.Length} bytes): {error}");
            throw;
        }
    }
}
