using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cil.Diffusion.Devices;

/// <summary>What must be said to the process before its first tensor.</summary>
public static class TorchRuntime
{
    /// <summary>
    /// The folder of an installed PyTorch whose libtorch is used, a setting of the build (CilLibtorch); else the package's.
    /// </summary>
    public const string LibtorchFolderSetting = "Cil.LibtorchFolder";

    // In the order in which they need each other; those for CUDA may be missing.
    private static readonly string[] Libraries = ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    // Freed memory stays with the process up to this, and the heap grows by so much at once.
    private const int KeepBytes = int.MaxValue, GrowBytes = 256 << 20;

    // The level of libtorch's log, an int in libc10, and that of errors.
    private const string LogLevel = "FLAGS_caffe2_log_level";
    private const int Errors = 2;

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage", "CA2255", Justification = "It must run before any tensor of any caller, and libtorch reads its environment once.")]
    internal static void Prepare()
    {
        KeepFreedMemory();
        if (AppContext.GetData(LibtorchFolderSetting) is string folder) LoadLibtorch(folder);
    }

    // Fresh pages cost more than most operators: a GEGLU of 14336 x 2048 takes 38 ms with them and 9 to 17 ms without. By
    // default glibc maps every large tensor anew and unmaps it. DeviceMemory.EmptyCache gives the memory back between jobs.
    private static void KeepFreedMemory()
    {
        try
        {
            _ = NativeMethods.mallopt(NativeMethods.MmapMax, 0);
            _ = NativeMethods.mallopt(NativeMethods.TrimThreshold, KeepBytes);
            _ = NativeMethods.mallopt(NativeMethods.TopPad, GrowBytes);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: its allocator is left as it is.
        }
    }

    /// <summary>
    /// Leaves libtorch's warnings out of its log: one for each convolution on processors that NNPACK does not know would be all
    /// that users see of a render. Loads a part of libtorch, so that it is not for a coordinator.
    /// </summary>
    internal static void LeaveOutWarnings()
    {
        if (NativeLibrary.TryLoad("libc10.so", typeof(TorchRuntime).Assembly, null, out nint library)
            && NativeLibrary.TryGetExport(library, LogLevel, out nint level))
        {
            Marshal.WriteInt32(level, Errors);
        }
    }

    /// <summary>Gives freed memory back to the system.</summary>
    internal static void GiveBack()
    {
        try
        {
            _ = NativeMethods.malloc_trim(0);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library gives back what it will.
        }
    }

    /// <exception cref="DllNotFoundException">The folder has no libtorch.</exception>
    internal static void LoadLibtorch(string folder)
    {
        string libraries = Directory.Exists(Path.Combine(folder, "lib")) ? Path.Combine(folder, "lib") : folder;
        if (!File.Exists(Path.Combine(libraries, "libtorch.so")))
        {
            throw new DllNotFoundException(
                $"{LibtorchFolderSetting}: expected libtorch.so in {libraries}; build again with "
                    + "CilLibtorch set to the folder of an installed PyTorch");
        }

        foreach (string library in Libraries.Select(name => Path.Combine(libraries, name)).Where(File.Exists))
            _ = NativeLibrary.Load(library);
    }
}
