namespace Cil.Architecture.Tests;

/// <summary>Form of the sources that neither the compiler nor <c>dotnet format</c> holds.</summary>
public sealed class LineTests
{
    private const int Longest = 140;

    private static readonly string[] Generated = ["artifacts", "node_modules", ".git"];

    [Fact]
    public void Lines_EndBefore141Columns()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cil.sln"))) root = Path.GetDirectoryName(root)!;
        string[] folders = [.. Directory.GetDirectories(root).Where(folder => !Generated.Contains(Path.GetFileName(folder)))];

        string[] files = [.. folders.SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))];

        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => File.ReadLines(file).Index()
            .Where(line => line.Item.Length > Longest)
            .Select(line => $"{Path.GetRelativePath(root, file)}:{line.Index + 1}: {line.Item.Length} columns")));
    }
}
