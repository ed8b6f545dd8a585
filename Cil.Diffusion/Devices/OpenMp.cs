using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Cil.Diffusion.Devices;

/// <summary>
/// GNU's OpenMP that libtorch has brought into this process. What is computed here between two of libtorch's operators runs on the same
/// threads: those of another pool would wait for a processor while libtorch's spin.
/// </summary>
internal static unsafe class OpenMp
{
    private static readonly Lazy<nint> Found = new(Find);
    private static readonly Lazy<nint> Parallel = new(() => NativeLibrary.GetExport(Library, "GOMP_parallel"));

    /// <summary>Its handle; 0 with another OpenMP, or none.</summary>
    internal static nint Library => Found.Value;

    /// <summary>Body of each part in turn, on the threads that libtorch computes with; in any order.</summary>
    /// <param name="parts">How many.</param>
    /// <param name="body">Gets the part's number; parts share nothing that both write.</param>
    internal static void ForEach(int parts, Action<int> body)
    {
        int threads = Math.Min(parts, TorchSharp.torch.get_num_threads());
        if (threads <= 1 || Library == 0)
        {
            for (int part = 0; part < parts; part++) body(part);
            return;
        }

        var work = new Work(parts, body);
        var handle = GCHandle.Alloc(work);
        var parallel = (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)Parallel.Value;
        parallel(&Run, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        handle.Free();
        work.Error?.Throw();
    }

    // Once for each thread of the team.
    [UnmanagedCallersOnly]
    private static void Run(nint work) => ((Work)GCHandle.FromIntPtr(work).Target!).Run();

    private static nint Find()
    {
        _ = TorchSharp.torch.get_num_threads(); // loads libtorch, and its OpenMP with it
        if (!File.Exists("/proc/self/maps")) return 0;
        string? path = File.ReadLines("/proc/self/maps").Where(line => line.Contains("/libgomp", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]).FirstOrDefault();
        return path is not null && NativeLibrary.TryLoad(path, out nint library) ? library : 0;
    }

    private sealed class Work(int parts, Action<int> body)
    {
        private int next = -1;

        internal ExceptionDispatchInfo? Error { get; private set; }

        internal void Run()
        {
            try
            {
                for (int part = Interlocked.Increment(ref next); part < parts; part = Interlocked.Increment(ref next)) body(part);
            }
#pragma warning disable CA1031 // Nothing may be thrown through the native frames below.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Error = ExceptionDispatchInfo.Capture(error);
            }
        }
    }
}
