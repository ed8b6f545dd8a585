using System.IO.MemoryMappedFiles;
using Cil.Media.Processes;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints.Files;

/// <summary>Bytes of a file that is memory-mapped, or that came as an array.</summary>
internal abstract class ByteSource : IDisposable
{
    // Small enough that what was copied is still in a processor's cache when it is looked at.
    private const int Piece = 256 << 10, PiecesPerThread = 4;

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

    /// <summary>Copies bytes that the caller has checked to be there.</summary>
    internal abstract void Read(long offset, Span<byte> target);

    /// <summary>A tensor of bytes that the caller has checked to be there: of a file that is mapped its pages, else a copy.</summary>
    internal Tensor Tensor(long offset, long[] shape, ScalarType type, ByteLook? look)
    {
        Tensor? view = View(offset, shape, type);
        if (view is not null && look is null) return view;
        Tensor tensor = view ?? empty(shape, type);
        Pass(tensor.bytes, (at, piece) =>
        {
            if (view is null) Read(offset + at, piece);
            look?.Invoke(piece);
        });
        return tensor;
    }

    public abstract void Dispose();

    /// <summary>A tensor of the bytes where they are, or null where that cannot be.</summary>
    private protected abstract Tensor? View(long offset, long[] shape, ScalarType type);

    // Pieces from the beginning to the end; of many bytes, on several threads.
    private static unsafe void Pass(Span<byte> bytes, PieceAction action)
    {
        long length = bytes.Length;
        int threads = (int)Math.Min(Environment.ProcessorCount, length / (Piece * PiecesPerThread));
        fixed (byte* start = bytes)
        {
            byte* first = start;
            if (threads > 1)
            {
                _ = Parallel.For(
                    0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread => Run(Cut(thread), Cut(thread + 1)));
            }
            else Run(0, length);

            long Cut(int thread) => thread == threads ? length : length / threads * thread / Piece * Piece;

            void Run(long from, long end)
            {
                for (long at = from; at < end; at += Piece) action(at, new Span<byte>(first + at, (int)Math.Min(Piece, end - at)));
            }
        }
    }

    private delegate void PieceAction(long at, Span<byte> piece);

    private sealed class InMemory(byte[] bytes) : ByteSource
    {
        internal override long Length => bytes.Length;

        internal override bool IsFile => false;

        internal override void Read(long offset, Span<byte> target) => bytes.AsSpan((int)offset, target.Length).CopyTo(target);

        public override void Dispose()
        {
        }

        private protected override Tensor? View(long offset, long[] shape, ScalarType type) => null;
    }

    private sealed unsafe class Mapped : ByteSource
    {
        private readonly string path;
        private readonly FileStream file;
        private readonly MemoryMappedFile? map;
        private readonly MemoryMappedViewAccessor? view;
        private readonly byte* start;

        // The whole file as numbers of a type, over pages that are shared until somebody writes to them: then they are its own.
        private readonly Dictionary<ScalarType, Tensor> wholes = [];

        internal Mapped(string path)
        {
            this.path = path;
            NamedPipe.Refuse(path);
            // The length of what is opened: a link has one of its own.
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Length = file.Length;
            // An empty file cannot be mapped.
            if (Length == 0) return;
            map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            start = pointer + view.PointerOffset;
        }

        internal override long Length { get; }

        internal override bool IsFile => true;

        internal override void Read(long offset, Span<byte> target) => new ReadOnlySpan<byte>(start + offset, target.Length).CopyTo(target);

        public override void Dispose()
        {
            foreach (Tensor whole in wholes.Values) whole.Dispose();
            if (view is not null)
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
                view.Dispose();
                map!.Dispose();
            }

            file.Dispose();
        }

        private protected override Tensor? View(long offset, long[] shape, ScalarType type)
        {
            int bytes = ElementTypes.BytesOf(type);
            // Numbers that do not lie at a multiple of their size are copied.
            if (offset % bytes != 0) return null;
            if (!wholes.TryGetValue(type, out Tensor? whole))
                wholes[type] = whole = from_file(Opened(), shared: false, size: Length / bytes, dtype: type).DetachFromDisposeScope();
            using Tensor flat = whole.narrow(0, offset / bytes, shape.Aggregate(1L, (count, axis) => count * axis));
            return flat.view(shape);
        }

        // By its handle, where there is such a name: under its path there may be another file by now.
        private string Opened() => OperatingSystem.IsLinux() ? $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}" : path;
    }
}
