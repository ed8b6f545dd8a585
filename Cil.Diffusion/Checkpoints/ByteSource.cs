using System.IO.MemoryMappedFiles;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Bytes of a file that is memory-mapped, or that came as an array.</summary>
internal abstract class ByteSource : IDisposable
{
    internal abstract long Length { get; }

    internal abstract bool IsFile { get; }

    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    internal static ByteSource Map(string path)
    {
        try
        {
            return new Mapped(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    internal static ByteSource Of(byte[] bytes) => new InMemory(bytes);

    /// <summary>Copies bytes that the caller has checked to be there, many of them on several threads.</summary>
    internal unsafe void Read(long offset, Span<byte> target, ByteLook? look = null)
    {
        // Small enough that what was copied is still in a processor's cache when it is looked at.
        const int Piece = 256 << 10, PiecesPerThread = 4;
        long length = target.Length;
        int threads = (int)Math.Min(Environment.ProcessorCount, length / (Piece * PiecesPerThread));
        fixed (byte* start = target)
        {
            byte* to = start;
            if (threads > 1) _ = Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread => Run(Cut(thread), Cut(thread + 1)));
            else Run(0, length);

            long Cut(int thread) => thread == threads ? length : length / threads * thread / Piece * Piece;

            void Run(long from, long end)
            {
                for (long at = from; at < end; at += Piece)
                {
                    var piece = new Span<byte>(to + at, (int)Math.Min(Piece, end - at));
                    Copy(offset + at, piece);
                    look?.Invoke(piece);
                }
            }
        }
    }

    private protected abstract void Copy(long offset, Span<byte> target);

    public abstract void Dispose();

    private sealed class InMemory(byte[] bytes) : ByteSource
    {
        internal override long Length => bytes.Length;

        internal override bool IsFile => false;

        private protected override void Copy(long offset, Span<byte> target) => bytes.AsSpan((int)offset, target.Length).CopyTo(target);

        public override void Dispose()
        {
        }
    }

    private sealed unsafe class Mapped : ByteSource
    {
        private readonly MemoryMappedFile? map;
        private readonly MemoryMappedViewAccessor? view;
        private readonly byte* start;

        internal Mapped(string path)
        {
            // The length of what is opened: a link has one of its own.
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Length = file.Length;
            if (Length == 0)
            {
                // An empty file cannot be mapped.
                file.Dispose();
                return;
            }

            map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            start = pointer + view.PointerOffset;
        }

        internal override long Length { get; }

        internal override bool IsFile => true;

        private protected override void Copy(long offset, Span<byte> target) => new ReadOnlySpan<byte>(start + offset, target.Length).CopyTo(target);

        public override void Dispose()
        {
            if (view is null) return;
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map!.Dispose();
        }
    }
}
