using Spectre.Console;

namespace Cil.Cli.Options;

/// <summary>A table on standard output, laid out by Spectre.Console; where that is no terminal, a line is never broken.</summary>
internal static class TextTable
{
    // Wider than any line of a table.
    private const int Unbroken = 4096;

    /// <param name="rows">Plain text; control characters are spelt out.</param>
    internal static void Print(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => Write(Console.Out, columns, rows);

    /// <inheritdoc cref="Print"/>
    internal static void Write(TextWriter target, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new Table().NoBorder();
        foreach (string column in columns) table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap().Padding(0, 0, 2, 0));
        foreach (IReadOnlyList<string> row in rows) table.AddRow([.. row.Select(cell => Markup.Escape(PrintableText.Of(cell)))]);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(target),
        });
        if (target != Console.Out || Console.IsOutputRedirected) console.Profile.Width = Unbroken;
        console.Write(table);
    }
}
