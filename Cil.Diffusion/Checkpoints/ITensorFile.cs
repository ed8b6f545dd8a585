using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Named tensors in a file, whatever its format; bytes are read when a tensor is asked for, or used.</summary>
public interface ITensorFile : IDisposable
{
    /// <summary>What messages call it.</summary>
    string File { get; }

    /// <summary>The paths of what it is read from: one file, or an index and its shards; none for bytes.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>In the order of the file.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Type and shape of a tensor, or null if there is none of that name.</summary>
    TensorEntry? Find(string name);

    /// <summary>
    /// A tensor in the processor's memory with the stored type. Where it can be, it is the file's own pages, copied when they are
    /// written to; the file must not be changed in its place, then, as long as the tensor is used (one that is put in its
    /// place is another).
    /// </summary>
    /// <param name="look">Sees the bytes while they are at hand; null for nobody.</param>
    /// <exception cref="CheckpointException">There is none of that name, or its bytes are not there.</exception>
    Tensor Read(string name, ByteLook? look = null);
}
