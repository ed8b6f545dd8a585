using Cil.Client.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Cil.Api.Http;

/// <summary>
/// A file that was sent, on the disk while the request lasts. It has no name there: nothing is left of it however the process
/// ends.
/// </summary>
internal sealed class TemporaryUpload : Upload, IDisposable
{
    private const int Piece = 1 << 16;

    private readonly FileStream file;

    private TemporaryUpload(FileStream file) => this.file = file;

    public override long Length => file.Length;

    /// <param name="content">Read to its end.</param>
    /// <exception cref="IOException">There is no room for it.</exception>
    internal static async Task<TemporaryUpload> ReceiveAsync(Stream content, CancellationToken cancellationToken)
    {
        string path = Path.Combine(Path.GetTempPath(), $"cil-upload-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        else options.Options |= FileOptions.DeleteOnClose;
        var upload = new TemporaryUpload(new FileStream(path, options));
        try
        {
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            await content.CopyToAsync(upload.file, Piece, cancellationToken);
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    public override Stream Open() => new View(file.SafeFileHandle, file.Length);

    public void Dispose() => file.Dispose();

    // Another place in the same file; closing it closes nothing.
    private sealed class View(SafeFileHandle handle, long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await RandomAccess.ReadAsync(handle, buffer, Position, cancellationToken);
            Position += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(handle, buffer, Position);
            Position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + (origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => Position,
            _ => length,
        });

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
