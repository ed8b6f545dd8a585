using System.Buffers.Binary;
using Cil.Diffusion.Checkpoints.Pickles;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Opens files of tensors by what is in them, not by their names.</summary>
public static class TensorFiles
{
    private const uint Zip = 0x04034b50;
    private const byte Pickle = 0x80;

    /// <summary>A safetensors file, the index of a sharded one, or a zip pickle of PyTorch (.ckpt, .pt, .bin).</summary>
    /// <exception cref="CheckpointException">It is none of these, is damaged, or holds what is not data.</exception>
    public static ITensorFile Open(string path)
    {
        Span<byte> begin = stackalloc byte[8];
        long length;
        using (ByteSource source = ByteSource.Map(path))
        {
            length = source.Length;
            if (length < begin.Length) throw new CheckpointException($"{path}: truncated: {length} bytes");
            source.Read(0, begin);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(begin) == Zip) return TorchCheckpoint.Open(path);
        if (begin[0] == Pickle)
            throw new CheckpointException($"{path}: a pickle without a zip around it, as PyTorch before 1.6 wrote; load and save it again with torch.save of a newer PyTorch");
        if (begin[0] == (byte)'{') return ShardedSafetensors.Open(path);
        return SafetensorsReader.Open(path);
    }

    /// <summary>Of bytes: safetensors or a zip pickle.</summary>
    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Open(string)"/>
    public static ITensorFile FromBytes(string name, byte[] content) =>
        content.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(content) == Zip ? TorchCheckpoint.FromBytes(name, content) : SafetensorsReader.FromBytes(name, content);
}
