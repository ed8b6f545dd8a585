using System.Diagnostics;
using System.Globalization;
using Cil.Diffusion.Devices;

namespace Cil.Hostile.Tests;

/// <summary>
/// Mutated inputs one after the other: each is read or refused, within 5 s, and the process grows by no more than 300 MB. The number of an input is its
/// seed, so that a failure can be repeated. CIL_HOSTILE_INPUTS asks for more of each kind, and CIL_HOSTILE_STATE names a folder that keeps the number of
/// the input that was begun last: a run that was broken off, by a crash too, goes on behind it (bench/hostile.sh).
/// </summary>
internal static class HostileRun
{
    private const long MostGrowth = 300_000_000;
    private const int Warm = 20, Look = 200;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="kind">Names the inputs, also in the folder of the state.</param>
    /// <param name="count">Inputs of the short form.</param>
    /// <param name="valid">Files that are as they should be.</param>
    /// <param name="read">Reads one, and throws what is no refusal.</param>
    internal static async Task RunAsync(string kind, int count, IReadOnlyList<byte[]> valid, Func<byte[], Task> read)
    {
        using var canary = new Canary();
        var mutation = new Mutation(canary.Path);
        using FileStream? state = State(kind, out int first);
        if (int.TryParse(Environment.GetEnvironmentVariable("CIL_HOSTILE_INPUTS"), CultureInfo.InvariantCulture, out int asked)) count = asked;
        for (int i = 0; i < Warm; i++) await TryAsync(kind, -1, valid[i % valid.Count], read);
        DeviceMemory.ResetPeaks();
        long idle = DeviceMemory.Read()!.Value.UsedBytes;
        for (int number = first; number < count; number++)
        {
            var random = new Random(number);
            byte[] input = mutation.Of(valid[random.Next(valid.Count)], valid[random.Next(valid.Count)], random);
            Note(state, number);
            // A busy machine may stop anything for a while, and not twice.
            if (await TryAsync(kind, number, input, read) > Limit && await TryAsync(kind, number, input, read) is var again && again > Limit) Assert.Fail($"{kind} {number}: took {again}");
            if (number % Look != 0 && number != count - 1) continue;
            Assert.False(canary.IsOpened, $"{kind}: of the inputs up to {number} one opened {canary.Path}");
            long growth = DeviceMemory.Read()!.Value.PeakBytes - idle;
            Assert.True(growth <= MostGrowth, $"{kind}: up to input {number} the process grew by {growth} bytes at most");
        }

        Assert.False(canary.IsOpened);
        await canary.RequireAwakeAsync();
    }

    private static async Task<TimeSpan> TryAsync(string kind, int number, byte[] input, Func<byte[], Task> read)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await read(input);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Assert.Fail($"{kind} {number} ({input.Length} bytes): {error}");
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static FileStream? State(string kind, out int first)
    {
        first = 0;
        if (Environment.GetEnvironmentVariable("CIL_HOSTILE_STATE") is not { Length: > 0 } folder) return null;
        string file = Path.Combine(Directory.CreateDirectory(folder).FullName, kind);
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out int begun)) first = begun + 1;
        return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 1);
    }

    // What is written is there also when the process ends in the next moment.
    private static void Note(FileStream? state, int number)
    {
        if (state is null) return;
        state.Position = 0;
        state.Write(System.Text.Encoding.ASCII.GetBytes(number.ToString("D10", CultureInfo.InvariantCulture)));
    }
}
