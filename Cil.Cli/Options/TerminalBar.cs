using System.Text;
using Spectre.Console;

namespace Cil.Cli.Options;

/// <summary>A progress bar with a line of text on a terminal's standard error, drawn by Spectre.Console until it is disposed of.</summary>
internal sealed class TerminalBar : IDisposable
{
    private const int BarWidth = 30;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProgressTask bar;
    private readonly Task drawing;

    private TerminalBar(IAnsiConsole console)
    {
        var begun = new TaskCompletionSource<ProgressTask>(TaskCreationOptions.RunContinuationsAsynchronously);
        drawing = Task.Run(() => console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new ProgressBarColumn { Width = BarWidth }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                context.Refresh();
                begun.SetResult(context.AddTask("", maxValue: 1));
                while (!done.Task.IsCompleted) await Task.WhenAny(done.Task, Task.Delay(Refresh));
            }));
        bar = begun.Task.GetAwaiter().GetResult();
    }

    /// <returns>Null where standard error is no terminal that can draw over a line.</returns>
    internal static TerminalBar? Start()
    {
        if (Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb") return null;
        // Past the guard of standard error, which spells control characters out: what is shown is made printable here.
        var terminal = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        return new TerminalBar(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(terminal) }));
    }

    /// <param name="part">0 to 1.</param>
    internal void Show(string line, double part) => (bar.Description, bar.Value) = (Markup.Escape(PrintableText.Of(line)), part);

    /// <summary>Clears it.</summary>
    public void Dispose()
    {
        done.TrySetResult();
        drawing.GetAwaiter().GetResult();
    }
}
