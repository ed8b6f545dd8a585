using System.Runtime.InteropServices;

namespace Cil.Diffusion.Devices;

/// <summary>What TorchSharp does not tell and the system does: glibc's allocator, the memory of GPUs from NVIDIA's driver.</summary>
internal static unsafe partial class NativeMethods
{
    // malloc.h of glibc.
    internal const int TrimThreshold = -1, TopPad = -2, MmapMax = -4;

    // sys/resource.h of Linux: bytes of private memory that can be written to.
    internal const int LimitData = 2;

    // cuda.h of NVIDIA's driver.
    internal const int CapabilityMajor = 75, CapabilityMinor = 76;

    private const string C = "libc.so.6", Cuda = "libcuda.so.1";

    [LibraryImport(C)] internal static partial int mallopt(int parameter, int value);

    [LibraryImport(C)] internal static partial int malloc_trim(nuint pad);

    [LibraryImport(C)] internal static partial int getrlimit(int resource, out Limit limit);

    [LibraryImport(C)] internal static partial int setrlimit(int resource, in Limit limit);

    [LibraryImport(Cuda)] internal static partial int cuInit(uint flags);

    [LibraryImport(Cuda)] internal static partial int cuDeviceGet(int* device, int ordinal);

    [LibraryImport(Cuda)] internal static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Cuda)] internal static partial int cuDeviceGetAttribute(int* value, int attribute, int device);

    [LibraryImport(Cuda)] internal static partial int cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(Cuda, EntryPoint = "cuDevicePrimaryCtxRelease_v2")] internal static partial int cuDevicePrimaryCtxRelease(int device);

    [LibraryImport(Cuda, EntryPoint = "cuCtxPushCurrent_v2")] internal static partial int cuCtxPushCurrent(nint context);

    [LibraryImport(Cuda, EntryPoint = "cuCtxPopCurrent_v2")] internal static partial int cuCtxPopCurrent(nint* context);

    [LibraryImport(Cuda, EntryPoint = "cuMemGetInfo_v2")] internal static partial int cuMemGetInfo(nuint* free, nuint* total);

    /// <summary>struct rlimit; all bits set is no limit.</summary>
    internal struct Limit
    {
        internal ulong Soft, Hard;
    }
}
