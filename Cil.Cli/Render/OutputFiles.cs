using System.Globalization;
using Cil.Cli.Options;

namespace Cil.Cli.Render;

/// <summary>The files of a render: one, or one for each video of a batch, numbered from 1.</summary>
internal sealed class OutputFiles : IDisposable
{
    private OutputFiles(IReadOnlyList<string> names, string[] inputs)
    {
        Names = names;
        var files = new List<OutputFile>();
        try
        {
            foreach (string name in names) files.Add(new OutputFile("--output", name, inputs));
        }
        catch
        {
            foreach (OutputFile file in files) file.Dispose();
            throw;
        }

        Files = files;
    }

    /// <summary>As they were asked for.</summary>
    internal IReadOnlyList<string> Names { get; }

    internal IReadOnlyList<OutputFile> Files { get; }

    /// <exception cref="BadInputException">A place cannot be written to, or is an input.</exception>
    internal static OutputFiles Of(RenderOptions options)
    {
        if (!BatchRenderer.IsAskedFor(options)) return new OutputFiles([options.OutputPath], options.Inputs);
        int videos = options.Count ?? options.Seeds.Count;
        return new OutputFiles([.. Enumerable.Range(1, videos).Select(number => Numbered(options.OutputPath, number))], options.Inputs);
    }

    public void Dispose()
    {
        foreach (OutputFile file in Files) file.Dispose();
    }

    private static string Numbered(string path, int number) => Path.Combine(
        Path.GetDirectoryName(path) ?? "",
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}-{number}{Path.GetExtension(path)}"));
}
