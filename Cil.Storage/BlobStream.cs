namespace Cil.Storage;

/// <summary>
/// A blob that is read piece by piece, so that a long video, or a player that jumps about in it, takes one piece's memory.
/// </summary>
/// <param name="version">The blob as it was found: its length, and the ETag that every piece must have.</param>
public sealed class BlobStream(IBlobStore blobs, string name, Blob version) : Stream
{
    private const int Piece = 1 << 20;

    private ReadOnlyMemory<byte> held;
    private long heldFrom;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => version.Length;

    public override long Position { get; set; }

    /// <exception cref="IOException">The blob was replaced or deleted since it was found.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || Position >= Length) return 0;
        if (Position < heldFrom || Position >= heldFrom + held.Length)
        {
            Blob? read = await blobs.GetAsync(name, new BlobRange(Position, Math.Min(Piece, Length - Position)), cancellationToken);
            if (read is null || read.ETag != version.ETag)
                throw new IOException($"{name}: {(read is null ? "deleted" : "replaced")} while it was read");
            (held, heldFrom) = (read.Content, Position);
        }

        ReadOnlyMemory<byte> left = held[(int)(Position - heldFrom)..];
        int count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob is read asynchronously");

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + (origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    });

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
