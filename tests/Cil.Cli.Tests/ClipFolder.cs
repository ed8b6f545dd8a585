using Cil.Media.Clips;
using Cil.TestKit.Models;

namespace Cil.Cli.Tests;

/// <summary>A small random model and a data set of five clips of its size.</summary>
public sealed class ClipFolder : IAsyncLifetime, IDisposable
{
    private const int Side = 32, Frames = 4, Clips = 5;

    private readonly TinyModel model = new();

    public string Path { get; } = Directory.CreateTempSubdirectory("cil-clips-").FullName;

    public string Model => model.Folder;

    public string Data => At("data");

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Data);
        var entries = new List<ClipList.Entry>();
        for (int clip = 0; clip < Clips; clip++)
        {
            byte[] rgb = new byte[Side * Side * 3 * Frames];
            for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)((i * (clip + 3)) >> 4);
            entries.Add(new ClipList.Entry($"{clip}.mp4", $"clip {clip} moving"));
            await File.WriteAllBytesAsync(
                System.IO.Path.Combine(Data, entries[clip].File), await VideoEncoder.EncodeAsync(rgb, Side, Side, 8, "mp4"));
        }

        ClipList.Write(Data, entries);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
