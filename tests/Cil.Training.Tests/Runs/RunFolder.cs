namespace Cil.Training.Tests.Runs;

/// <summary>A training run's folder for one test.</summary>
internal sealed class RunFolder : IDisposable
{
    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"cil-run-{Guid.NewGuid():N}");

    internal byte[] Checkpoint => File.ReadAllBytes(CheckpointFile);

    internal string CheckpointFile => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
