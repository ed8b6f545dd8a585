using Cil.Media.Images;
using Cil.TestKit.Models;

namespace Cil.Cli.Tests.Render;

/// <summary>A folder with a small random model and a picture, as a user might have it.</summary>
public sealed class RenderFolder : IDisposable
{
    private readonly TinyModel model = new();

    public RenderFolder()
    {
        Path = Directory.CreateTempSubdirectory("cil-render-").FullName;
        byte[] rgb = new byte[48 * 40 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 7);
        File.WriteAllBytes(At("picture.png"), PngWriter.Write(rgb, 48, 40));
    }

    public string Path { get; }

    public string Model => model.Folder;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Files of the folder, hidden ones too: nothing half-written may stay.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Directory.GetFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
