using System.Buffers.Binary;
using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Opens files of tensors by what is in them, not by their names.</summary>
public static class TensorFiles
{
    private const uint Zip = 0x04034b50;
    private const byte Pickle = 0x80, HighestProtocol = 5;

    private enum Container
    {
        Safetensors,
        Zip,
        Pickle,
        Index,
    }

    /// <summary>A safetensors file, the index of a sharded one, or a zip pickle of PyTorch (.ckpt, .pt, .bin).</summary>
    /// <exception cref="CheckpointException">It is none of these, is damaged, or holds what is not data.</exception>
    public static ITensorFile Open(string path)
    {
        Span<byte> begin = stackalloc byte[SafetensorsHeader.ProbeBytes];
        using (ByteSource source = ByteSource.Map(path))
        {
            if (source.Length < sizeof(ulong)) throw new CheckpointException($"{path}: truncated: {source.Length} bytes");
            begin = begin[..(int)Math.Min(source.Length, begin.Length)];
            source.Read(0, begin);
        }

        return Of(begin) switch
        {
            Container.Zip => TorchCheckpoint.Open(path),
            Container.Pickle => throw Unzipped(path),
            Container.Index => ShardedSafetensors.Open(path),
            _ => SafetensorsReader.Open(path),
        };
    }

    /// <summary>Of bytes: safetensors or a zip pickle.</summary>
    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Open(string)"/>
    public static ITensorFile FromBytes(string name, byte[] content) => Of(content) switch
    {
        Container.Zip => TorchCheckpoint.FromBytes(name, content),
        Container.Pickle => throw Unzipped(name),
        _ => SafetensorsReader.FromBytes(name, content),
    };

    // Safetensors first: the length that they begin with can have any first byte, and even the first bytes of a zip archive,
    // while none of the others has an object at the ninth byte behind such a length.
    private static Container Of(ReadOnlySpan<byte> begin)
    {
        if (SafetensorsHeader.Begins(begin)) return Container.Safetensors;
        if (begin.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(begin) == Zip) return Container.Zip;
        if (begin.Length >= 2 && begin[0] == Pickle && begin[1] is > 0 and <= HighestProtocol) return Container.Pickle;
        return begin.Length > 0 && begin[0] == (byte)'{' ? Container.Index : Container.Safetensors;
    }

    private static CheckpointException Unzipped(string file) =>
        new($"{file}: a pickle without a zip around it, as PyTorch before 1.6 wrote; load and save it again with torch.save of a newer PyTorch");
}
