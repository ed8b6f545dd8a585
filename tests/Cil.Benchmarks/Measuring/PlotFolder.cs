namespace Cil.Benchmarks.Measuring;

/// <summary>Where plots go: the repository's docs folder, or the current folder outside of one.</summary>
internal static class PlotFolder
{
    internal static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string docs = Path.Combine(folder.FullName, "docs");
            if (File.Exists(Path.Combine(docs, "benchmarks.md"))) return docs;
        }

        return Directory.GetCurrentDirectory();
    }
}
