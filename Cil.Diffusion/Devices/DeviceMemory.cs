namespace Cil.Diffusion.Devices;

/// <summary>The allocator of CPU tensors: what it holds, and giving back what it keeps for later; and how the end of any memory is told.</summary>
public static class DeviceMemory
{
    /// <summary>The figures of now, or null where libtorch comes from the TorchSharp package, which does not tell them.</summary>
    public static unsafe MemoryStatistics? Read()
    {
        if (!NativeLibtorch.IsPresent) return null;
        long* six = stackalloc long[6];
        NativeLibtorch.cil_memory_statistics(six);
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
    public static void ResetPeaks()
    {
        if (NativeLibtorch.IsPresent) NativeLibtorch.cil_memory_reset_peaks();
    }

    /// <summary>Whether libtorch says that a device or the process has no memory left: it has no exception of its own for that.</summary>
    public static bool IsExhausted(Exception error) => error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives freed blocks back to the system; the next tensors cost page faults again.</summary>
    public static void EmptyCache()
    {
        if (NativeLibtorch.IsPresent) NativeLibtorch.cil_memory_empty_cache();
    }
}
