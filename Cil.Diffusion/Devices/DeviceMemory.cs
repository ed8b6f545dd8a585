using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Devices;

/// <summary>The allocators of tensors, the processor's and each GPU's: what they hold, and giving back what they keep for later; and how the end of any memory is told.</summary>
public static class DeviceMemory
{
    /// <summary>
    /// The figures of now, or null where they are not known: where libtorch comes from the TorchSharp package, and of a GPU where
    /// libtorch is older than 2.9.
    /// </summary>
    /// <param name="device">Null for the processor.</param>
    public static unsafe MemoryStatistics? Read(Device? device = null)
    {
        if (!NativeLibtorch.IsPresent) return null;
        long* six = stackalloc long[6];
        if (!IsCuda(device)) NativeLibtorch.cil_memory_statistics(six);
        else if (NativeLibtorch.cil_cuda_memory_statistics(Ordinal(device!), six) != 0) return null;
        return new MemoryStatistics
        {
            LiveBytes = six[0],
            PeakLiveBytes = six[1],
            ReservedBytes = six[2],
            PeakReservedBytes = six[3],
            Allocations = six[4],
            SystemAllocations = six[5],
        };
    }

    /// <summary>Counts peaks from here on.</summary>
    /// <param name="device">Null for the processor.</param>
    public static void ResetPeaks(Device? device = null)
    {
        if (!NativeLibtorch.IsPresent) return;
        if (IsCuda(device)) NativeLibtorch.cil_cuda_memory_reset_peaks(Ordinal(device!));
        else NativeLibtorch.cil_memory_reset_peaks();
    }

    /// <summary>Whether libtorch says that a device or the process has no memory left: it has no exception of its own for that.</summary>
    public static bool IsExhausted(Exception error) => error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives freed blocks back to the system or, of all GPUs, to the driver; the next tensors cost more again.</summary>
    /// <param name="device">Null for the processor.</param>
    public static void EmptyCache(Device? device = null)
    {
        if (!NativeLibtorch.IsPresent) return;
        if (IsCuda(device)) NativeLibtorch.cil_cuda_memory_empty_cache();
        else NativeLibtorch.cil_memory_empty_cache();
    }

    private static bool IsCuda(Device? device) => device is not null && device.type == DeviceType.CUDA;

    private static int Ordinal(Device device) => Math.Max(0, device.index);
}
