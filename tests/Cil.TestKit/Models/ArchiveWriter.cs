using System.Buffers.Binary;
using System.Text;

namespace Cil.TestKit.Models;

/// <summary>Writes zip pickles of any content, also what torch.save would never write.</summary>
internal sealed class ArchiveWriter
{
    private const ushort Deflate = 8;

    private readonly List<(string Name, byte[] Content, bool IsPacked)> files = [];

    internal bool Zip64 { get; init; }

    internal static byte[] Checkpoint(byte[] pickle, params (string Key, byte[] Content)[] storages)
    {
        var writer = new ArchiveWriter();
        writer.Add("archive/data.pkl", pickle);
        foreach ((string key, byte[] content) in storages) writer.Add($"archive/data/{key}", content);
        return writer.ToBytes();
    }

    internal void Add(string name, byte[] content, bool isPacked = false) => files.Add((name, content, isPacked));

    internal byte[] ToBytes(ushort method = 0)
    {
        using var stream = new MemoryStream();
        using var directory = new MemoryStream();
        foreach ((string name, byte[] content, bool isPacked) in files)
        {
            byte[] spelt = Encoding.UTF8.GetBytes(name);
            long local = stream.Position;
            Write(stream, 0x04034b50, 4);
            stream.Write(new byte[22]);
            Write(stream, (ulong)spelt.Length, 2);
            Write(stream, 0, 2);
            stream.Write(spelt);
            stream.Write(content);
            Write(directory, 0x02014b50, 4);
            directory.Write(new byte[6]);
            Write(directory, isPacked ? Deflate : method, 2);
            directory.Write(new byte[8]);
            Write(directory, Zip64 ? uint.MaxValue : (ulong)content.Length, 4);
            Write(directory, Zip64 ? uint.MaxValue : (ulong)content.Length, 4);
            Write(directory, (ulong)spelt.Length, 2);
            Write(directory, Zip64 ? 28u : 0u, 2);
            directory.Write(new byte[10]);
            Write(directory, Zip64 ? uint.MaxValue : (ulong)local, 4);
            directory.Write(spelt);
            if (!Zip64) continue;
            Write(directory, 1, 2);
            Write(directory, 24, 2);
            Write(directory, (ulong)content.Length, 8);
            Write(directory, (ulong)content.Length, 8);
            Write(directory, (ulong)local, 8);
        }

        long start = stream.Position;
        stream.Write(directory.ToArray());
        if (Zip64)
        {
            long end = stream.Position;
            Write(stream, 0x06064b50, 4);
            stream.Write(new byte[20]);
            Write(stream, (ulong)files.Count, 8);
            Write(stream, (ulong)files.Count, 8);
            Write(stream, (ulong)directory.Length, 8);
            Write(stream, (ulong)start, 8);
            Write(stream, 0x07064b50, 4);
            Write(stream, 0, 4);
            Write(stream, (ulong)end, 8);
            Write(stream, 1, 4);
        }

        Write(stream, 0x06054b50, 4);
        stream.Write(new byte[6]);
        Write(stream, Zip64 ? ushort.MaxValue : (ulong)files.Count, 2);
        Write(stream, Zip64 ? uint.MaxValue : (ulong)directory.Length, 4);
        Write(stream, Zip64 ? uint.MaxValue : (ulong)start, 4);
        Write(stream, 0, 2);
        return stream.ToArray();
    }

    private static void Write(Stream stream, ulong value, int bytes)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        stream.Write(all[..bytes]);
    }
}
