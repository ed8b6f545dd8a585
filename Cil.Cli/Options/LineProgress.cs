using System.Diagnostics;
using System.Globalization;

namespace Cil.Cli.Options;

/// <summary>What is done, how far, time left, on standard error: a bar on a terminal; elsewhere a line a tenth of the way.</summary>
internal sealed class LineProgress(string what) : IDisposable
{
    private const int Tenths = 10;

    private readonly Lock gate = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly TerminalBar? bar = TerminalBar.Start();
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
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{what} {done}/{of}{(detail.Length == 0 ? "" : ", " + detail)}, {Left(left)} left");
        lock (gate)
        {
            bar?.Show(line, (double)done / Math.Max(1, of));
            long now = done * Tenths / Math.Max(1, of);
            if (bar is not null || now == tenth) return;
            tenth = now;
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>Clears the bar.</summary>
    public void Dispose() => bar?.Dispose();

    private static string Left(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:F0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):F0} s");
}
