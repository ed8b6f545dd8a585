using System.Buffers.Binary;
using System.Text;
using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>
/// The directory of a ZIP archive with ZIP64 (PKWARE's APPNOTE, sections 4.3 and 4.5). Own code, since tensors are read where
/// they lie and System.IO.Compression does not say where that is.
/// </summary>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034b50, CentralSignature = 0x02014b50,
        EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    private const int LocalBytes = 30, CentralBytes = 46, EndBytes = 22, End64Bytes = 56, LocatorBytes = 20, MostComment = 65535;
    private const long MostDirectoryBytes = 256_000_000;

    /// <exception cref="CheckpointException">The archive is truncated or contradicts itself.</exception>
    internal static Dictionary<string, ZipEntry> Read(string file, ByteSource source)
    {
        (long start, long length, long count) = Locate(file, source);
        if (start < 0
            || length < 0
            || start > source.Length
            || length > source.Length - start
            || length > MostDirectoryBytes
            || count > length / CentralBytes)
        {
            throw Damaged(
                file, $"its directory, {count} entries of {length} bytes at {start}, is not inside the file's {source.Length} bytes");
        }

        byte[] directory = new byte[length];
        source.Read(start, directory);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            if (directory.Length - at < CentralBytes || U32(directory, at) != CentralSignature)
                throw Damaged(file, $"entry {i} of its directory is not one");
            int names = U16(directory, at + 28), extras = U16(directory, at + 30), comment = U16(directory, at + 32);
            if (directory.Length - at - CentralBytes < names + extras + comment)
                throw Damaged(file, $"entry {i} of its directory is cut off");
            string name = Encoding.UTF8.GetString(directory, at + CentralBytes, names);
            long packed = U32(directory, at + 20), size = U32(directory, at + 24), local = U32(directory, at + 42);
            Widen(directory.AsSpan(at + CentralBytes + names, extras), ref size, ref packed, ref local);
            bool isFolder = name.EndsWith('/'), isPacked = U16(directory, at + 10) != 0 || packed != size;
            // The sources of a TorchScript archive, which has its tensors as they are.
            bool isSource = isPacked && name.Contains("/code/", StringComparison.Ordinal);
            if (!isFolder && !isSource)
            {
                if (isPacked)
                    throw new CheckpointException($"{file}: {name} is compressed; a checkpoint's tensors are stored as they are");
                entries[name] = Place(file, source, name, local, size);
            }

            at += CentralBytes + names + extras + comment;
        }

        return entries;
    }

    private static ZipEntry Place(string file, ByteSource source, string name, long local, long size)
    {
        Span<byte> header = stackalloc byte[LocalBytes];
        if (local < 0 || size < 0 || local > source.Length - LocalBytes)
            throw Damaged(file, $"{name} begins at {local}, the file has {source.Length} bytes");
        source.Read(local, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature) throw Damaged(file, $"{name} does not begin at {local}");
        long offset = local + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return offset <= source.Length && size <= source.Length - offset
            ? new ZipEntry(offset, size)
            : throw Damaged(file, $"{name}, {size} bytes at {offset}, is not inside the file's {source.Length} bytes");
    }

    private static (long Start, long Length, long Count) Locate(string file, ByteSource source)
    {
        if (source.Length < EndBytes) throw Damaged(file, "truncated: it has no directory");
        int window = (int)Math.Min(source.Length, EndBytes + MostComment);
        byte[] tail = new byte[window];
        source.Read(source.Length - window, tail);
        int end = window - EndBytes;
        while (end >= 0 && !(U32(tail, end) == EndSignature && U16(tail, end + 20) == window - end - EndBytes)) end--;
        if (end < 0) throw Damaged(file, "truncated: a zip archive ends with its directory, this one does not");
        (long start, long length, long count) = (U32(tail, end + 16), U32(tail, end + 12), U16(tail, end + 10));
        if (start != uint.MaxValue && length != uint.MaxValue && count != ushort.MaxValue) return (start, length, count);
        long locator = source.Length - window + end - LocatorBytes;
        byte[] wide = new byte[End64Bytes];
        if (locator < 0) return (start, length, count);
        source.Read(locator, wide.AsSpan(0, LocatorBytes));
        if (U32(wide, 0) != Locator64Signature) return (start, length, count);
        long end64 = BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(8));
        if (end64 < 0 || end64 > source.Length - End64Bytes)
            throw Damaged(file, $"its 64-bit directory is said to be at {end64}, the file has {source.Length} bytes");
        source.Read(end64, wide);
        if (U32(wide, 0) != End64Signature) throw Damaged(file, $"its 64-bit directory is not at {end64}");
        return (BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(48)), BinaryPrimitives.ReadInt64LittleEndian(
            wide.AsSpan(40)), BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(32)));
    }

    // Extra field 1 holds, in this order, those of the three numbers that do not fit 32 bits.
    private static void Widen(ReadOnlySpan<byte> extras, ref long size, ref long packed, ref long local)
    {
        while (extras.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extras), length = BinaryPrimitives.ReadUInt16LittleEndian(extras[2..]);
            if (extras.Length - 4 < length) return;
            ReadOnlySpan<byte> field = extras.Slice(4, length);
            if (id == 1)
            {
                Take(ref field, ref size);
                Take(ref field, ref packed);
                Take(ref field, ref local);
            }

            extras = extras[(4 + length)..];
        }

        static void Take(ref ReadOnlySpan<byte> field, ref long number)
        {
            if (number != uint.MaxValue || field.Length < 8) return;
            number = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[8..];
        }
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static CheckpointException Damaged(string file, string what) => new($"{file}: {what}");
}
