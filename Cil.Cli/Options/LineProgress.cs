using System.Globalization;

namespace Cil.Cli.Options;

/// <summary>One line on standard error: what is done, how far, time left. Drawn over on a terminal; elsewhere a line a tenth of the way.</summary>
public sealed class LineProgress(string what) : IDisposable
{
    private const int Tenths = 10;

    private readonly Lock gate = new();
    private readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
    private readonly bool terminal = !Console.IsErrorRedirected;
    private int shown;
    private long tenth = -1;

    /// <param name="detail">Put behind, such as a loss.</param>
    public void Show(long done, long of, string detail = "")
    {
        TimeSpan left = clock.Elapsed / Math.Max(1, done) * (of - done);
        Show(done, of, left, detail);
    }

    /// <param name="left">Time left, where the caller knows better.</param>
    public void Show(long done, long of, TimeSpan left, string detail)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{what} {done}/{of}{(detail.Length == 0 ? "" : ", " + detail)}, {Left(left)} left");
        lock (gate)
        {
            if (terminal)
            {
                Console.Error.Write($"\r{line.PadRight(shown)}");
                shown = line.Length;
            }
            else if (done * Tenths / Math.Max(1, of) is var now && now != tenth)
            {
                tenth = now;
                Console.Error.WriteLine(line);
            }
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (shown > 0) Console.Error.Write($"\r{new string(' ', shown)}\r");
        shown = 0;
    }

    private static string Left(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:F0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):F0} s");
}
