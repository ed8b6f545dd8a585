using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Some tensors of another file under other names.</summary>
/// <param name="names">New name to the other file's; in the order to list them.</param>
public sealed class RenamedTensors(ITensorFile file, IReadOnlyDictionary<string, string> names) : ITensorFile
{
    public string File => file.File;

    public IReadOnlyList<string> Files => file.Files;

    public IReadOnlyCollection<string> Names { get; } = [.. names.Keys];

    public TensorEntry? Find(string name) => names.TryGetValue(name, out string? stored) ? file.Find(stored) : null;

    public Tensor Read(string name, ByteLook? look = null) => names.TryGetValue(name, out string? stored)
        ? file.Read(stored, look)
        : throw new CheckpointException($"{File}: has no tensor '{name}'");

    public void Dispose() => file.Dispose();
}
