using System.Globalization;
using System.Text;

namespace Cil.Hostile.Tests;

/// <summary>
/// What became of the inputs of one kind, in a file that is right at any moment: it is written before each input, so that the
/// one at which a process ended is known, and counts as broken off.
/// </summary>
internal sealed class Tally : IDisposable
{
    private const string Begun = "begun", Ended = "ended", Asked = "asked",
        Microseconds = "microseconds", Slow = "slow", PeakBytes = "peak-bytes", Outcome = "outcome ";
    private const string BrokenOff = "broken off";

    private readonly SortedDictionary<string, long> outcomes = new(StringComparer.Ordinal);
    private readonly FileStream? file;

    /// <param name="path">Null where nothing is kept.</param>
    internal Tally(string? path, int asked)
    {
        AskedInputs = asked;
        if (path is null) return;
        if (File.Exists(path)) Read(File.ReadAllLines(path));
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    internal int AskedInputs { get; }

    /// <summary>The number of the next input.</summary>
    internal int Next { get; private set; }

    internal int SlowInputs { get; private set; }

    private long ElapsedMicroseconds { get; set; }

    private long MostGrowth { get; set; }

    internal void Begin(int number) => Write(number, ended: number);

    internal void End(string outcome, TimeSpan time)
    {
        Count(outcome);
        ElapsedMicroseconds += (long)Math.Ceiling(time.TotalMicroseconds);
        Next++;
    }

    internal void CountSlow() => SlowInputs++;

    internal void Grown(long bytes) => MostGrowth = Math.Max(MostGrowth, bytes);

    public void Dispose()
    {
        Write(Next - 1, ended: Next);
        file?.Dispose();
    }

    private void Count(string outcome) => outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;

    private void Read(string[] lines)
    {
        Dictionary<string, long> values = lines.Where(line => line.Contains(' ', StringComparison.Ordinal)).ToDictionary(
            line => line[..line.LastIndexOf(' ')],
            line => long.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture), StringComparer.Ordinal);
        foreach ((string name, long count) in values.Where(pair => pair.Key.StartsWith(Outcome, StringComparison.Ordinal)))
            outcomes[name[Outcome.Length..]] = count;
        (SlowInputs, ElapsedMicroseconds, MostGrowth) = ((int)values[Slow], values[Microseconds], values[PeakBytes]);
        Next = (int)values[Ended];
        if (values[Begun] < Next) return;
        Count(BrokenOff);
        Next = (int)values[Begun] + 1;
    }

    // What is written is there also when the process ends in the next moment.
    private void Write(int begun, int ended)
    {
        if (file is null) return;
        var text = new StringBuilder();
        foreach ((string name, long value) in (IEnumerable<(string, long)>)
            [
                (Begun, begun), (Ended, ended), (Asked, AskedInputs), (Microseconds, ElapsedMicroseconds),
                (Slow, SlowInputs), (PeakBytes, MostGrowth), .. outcomes.Select(pair => (Outcome + pair.Key, pair.Value)),
            ])
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
        }

        file.Position = 0;
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
        file.SetLength(file.Position);
    }
}
