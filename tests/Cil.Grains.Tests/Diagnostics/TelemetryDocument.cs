namespace Cil.Grains.Tests.Diagnostics;

/// <summary>The tables of docs/telemetry.md.</summary>
internal static class TelemetryDocument
{
    /// <summary>The cells of the rows of a section's table whose first cell is a name, without their back-quotes.</summary>
    internal static IReadOnlyList<string[]> Rows(string section)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cil.sln"))) folder = Path.GetDirectoryName(folder)!;
        return [.. File.ReadLines(Path.Combine(folder, "docs", "telemetry.md")).SkipWhile(line => line != $"## {section}").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(
                line => line.Trim('|', ' ').Split('|').Select(cell => cell.Replace("`", "", StringComparison.Ordinal).Trim()).ToArray())];
    }
}
