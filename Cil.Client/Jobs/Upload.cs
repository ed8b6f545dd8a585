using System.Runtime.InteropServices;

namespace Cil.Client.Jobs;

/// <summary>What is sent with a job: bytes, a file that is read piece by piece, or whatever can be opened as a stream.</summary>
public abstract class Upload
{
    /// <summary>Its bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Told of each piece that is sent; null for nobody.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>Bytes in memory.</summary>
    public static Upload Of(ReadOnlyMemory<byte> content, IProgress<TransferProgress>? progress = null) =>
        new Bytes(content) { Progress = progress };

    /// <summary>What a function opens, such as a file of a form that a web service has received.</summary>
    /// <param name="open">Opens it at its beginning. The stream can be sought; it is disposed of after each use.</param>
    /// <param name="length">Its bytes.</param>
    public static Upload Of(Func<Stream> open, long length, IProgress<TransferProgress>? progress = null) =>
        new Opened(open, length) { Progress = progress };

    /// <summary>A file, opened when it is sent.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public static Upload OfFile(string path, IProgress<TransferProgress>? progress = null) =>
        new OfPath(new FileInfo(path)) { Progress = progress };

    /// <summary>Opens it at its beginning; it can be sought. One reader at a time.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract Stream Open();

    private sealed class Bytes(ReadOnlyMemory<byte> content) : Upload
    {
        public override long Length => content.Length;

        public override Stream Open()
        {
            ArraySegment<byte> array = MemoryMarshal.TryGetArray(content, out ArraySegment<byte> segment)
                ? segment
                : new ArraySegment<byte>(content.ToArray());
            return new MemoryStream(array.Array!, array.Offset, array.Count, writable: false);
        }
    }

    private sealed class Opened(Func<Stream> open, long length) : Upload
    {
        public override long Length => length;

        public override Stream Open() => open();
    }

    private sealed class OfPath(FileInfo file) : Upload
    {
        public override long Length { get; } = file.Length;

        public override Stream Open() => file.Open(new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.Asynchronous,
        });
    }
}
