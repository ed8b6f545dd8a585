using System.Text;

namespace Cil.Cli.Options;

/// <summary>A progress bar with a line of text on a terminal's standard error, drawn over until it is disposed of.</summary>
internal sealed class TerminalBar : IDisposable
{
    private const int BarWidth = 30;

    // Past the guard of standard error, which spells control characters out: what is shown is made printable here.
    private readonly StreamWriter terminal = new(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
    private int shown;

    private TerminalBar()
    {
    }

    /// <returns>Null where standard error is no terminal that can draw over a line.</returns>
    internal static TerminalBar? Start() =>
        Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? null : new TerminalBar();

    /// <param name="part">0 to 1.</param>
    internal void Show(string line, double part)
    {
        int filled = (int)(Math.Clamp(part, 0, 1) * BarWidth);
        string text = $"{new string('█', filled)}{new string('░', BarWidth - filled)} {PrintableText.Of(line)}";
        terminal.Write($"\r{text.PadRight(shown)}");
        shown = text.Length;
    }

    /// <summary>Clears it.</summary>
    public void Dispose()
    {
        terminal.Write($"\r{new string(' ', shown)}\r");
        terminal.Dispose();
    }
}
