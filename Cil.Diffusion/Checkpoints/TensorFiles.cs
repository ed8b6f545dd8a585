using System.Buffers.Binary;
using System.Text;
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
        Numpy,
        Pickle,
        Index,
    }

    // Enough for the name of a ZIP archive's first entry.
    private const int ProbeBytes = 512;

    /// <summary>
    /// A safetensors file, the index of a sharded one, a zip pickle of PyTorch (.ckpt, .pt, .bin; TorchScript too), or arrays of NumPy
    /// (.npz).
    /// </summary>
    /// <exception cref="CheckpointException">It is none of these, is damaged, or holds what is not data.</exception>
    public static ITensorFile Open(string path)
    {
        Span<byte> begin = stackalloc byte[ProbeBytes];
        using (ByteSource source = ByteSource.Map(path))
        {
            if (source.Length < sizeof(ulong)) throw new CheckpointException($"{path}: truncated: {source.Length} bytes");
            begin = begin[..(int)Math.Min(source.Length, begin.Length)];
            source.Read(0, begin);
        }

        return Of(begin) switch
        {
            Container.Zip => TorchCheckpoint.Open(path),
            Container.Numpy => NumpyArchive.Open(path),
            Container.Pickle => throw Unzipped(path),
            Container.Index => ShardedSafetensors.Open(path),
            _ => SafetensorsReader.Open(path),
        };
    }

    /// <summary>Of bytes: safetensors, a zip pickle or arrays of NumPy.</summary>
    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Open(string)"/>
    public static ITensorFile FromBytes(string name, byte[] content) => Of(content) switch
    {
        Container.Zip => TorchCheckpoint.FromBytes(name, content),
        Container.Numpy => NumpyArchive.FromBytes(name, content),
        Container.Pickle => throw Unzipped(name),
        _ => SafetensorsReader.FromBytes(name, content),
    };

    // Safetensors first: the length that they begin with can have any first byte, and even the first bytes of a zip archive,
    // while none of the others has an object at the ninth byte behind such a length.
    private static Container Of(ReadOnlySpan<byte> begin)
    {
        if (SafetensorsHeader.Begins(begin)) return Container.Safetensors;
        if (begin.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(begin) == Zip)
            return FirstEntry(begin).EndsWith(NumpyArchive.Ending, StringComparison.Ordinal) ? Container.Numpy : Container.Zip;
        if (begin.Length >= 2 && begin[0] == Pickle && begin[1] is > 0 and <= HighestProtocol) return Container.Pickle;
        return begin.Length > 0 && begin[0] == (byte)'{' ? Container.Index : Container.Safetensors;
    }

    // PKWARE's APPNOTE, section 4.3.7; empty where the name is longer than what was read.
    private static string FirstEntry(ReadOnlySpan<byte> begin)
    {
        const int LengthAt = 26, NameAt = 30;
        if (begin.Length < NameAt) return "";
        int length = BinaryPrimitives.ReadUInt16LittleEndian(begin[LengthAt..]);
        return length <= begin.Length - NameAt ? Encoding.UTF8.GetString(begin.Slice(NameAt, length)) : "";
    }

    private static CheckpointException Unzipped(string file) =>
        new($"{file}: a pickle without a zip around it, as PyTorch before 1.6 wrote; load and "
            + "save it again with torch.save of a newer PyTorch");
}
