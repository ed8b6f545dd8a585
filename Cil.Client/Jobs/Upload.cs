using System.Runtime.InteropServices;

namespace Cil.Client.Jobs;

/// <summary>What is sent with a job: bytes, or a file that is read piece by piece.</summary>
public abstract class Upload
{
    /// <summary>Its bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Bytes in memory.</summary>
    public static Upload Of(ReadOnlyMemory<byte> content) => new Bytes(content);

    /// <summary>A file, opened when it is sent.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public static Upload OfFile(string path) => new OfPath(new FileInfo(path));

    /// <summary>Opens it at its beginning; it can be sought. One reader at a time.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract Stream Open();

    private sealed class Bytes(ReadOnlyMemory<byte> content) : Upload
    {
        public override long Length => content.Length;

        public override Stream Open()
        {
            ArraySegment<byte> array = MemoryMarshal.TryGetArray(content, out ArraySegment<byte> segment) ? segment : new ArraySegment<byte>(content.ToArray());
            return new MemoryStream(array.Array!, array.Offset, array.Count, writable: false);
        }
    }

    private sealed class OfPath(FileInfo file) : Upload
    {
        public override long Length { get; } = file.Length;

        public override Stream Open() => file.Open(new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
    }
}
