using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Devices;

/// <summary>The memory of the processor and of each GPU, as the system tells it: TorchSharp does not.</summary>
public static class DeviceMemory
{
    private const string StatusFile = "/proc/self/status", ResetFile = "/proc/self/clear_refs", ResetPeak = "5";

    /// <summary>The figures of now, or null where the system does not tell them.</summary>
    /// <param name="device">Null for the processor.</param>
    public static MemoryStatistics? Read(Device? device = null)
    {
        // The caching allocator of a GPU gives nothing back by itself: what it has now is the most it had.
        if (IsCuda(device))
            return CudaDriver.Memory(Ordinal(device!)) is (long total, long free) ? new MemoryStatistics(total - free, total - free) : null;
        try
        {
            string[] lines = File.ReadAllLines(StatusFile);
            return new MemoryStatistics(Kilobytes(lines, "VmRSS:") * 1024, Kilobytes(lines, "VmHWM:") * 1024);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Counts peaks from here on. A GPU's is what its allocator holds, which does not shrink.</summary>
    /// <param name="device">Null for the processor.</param>
    public static void ResetPeaks(Device? device = null)
    {
        if (IsCuda(device)) return;
        try
        {
            File.WriteAllText(ResetFile, ResetPeak);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it: the peak is then that of the process's whole life, which is no less.
        }
    }

    /// <summary>Whether libtorch says that a device or the process has no memory left: it has no exception of its own for that.</summary>
    public static bool IsExhausted(Exception error) =>
        error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("bad_alloc", StringComparison.OrdinalIgnoreCase)
        || error is OutOfMemoryException;

    /// <summary>
    /// Gives freed memory back to the system; the next tensors cost more again. A GPU's allocator cannot be told through
    /// TorchSharp: it gives its blocks back when the device has no other left.
    /// </summary>
    /// <param name="device">Null for the processor.</param>
    public static void EmptyCache(Device? device = null)
    {
        if (!IsCuda(device)) TorchRuntime.GiveBack();
    }

    internal static long Kilobytes(string[] lines, string name)
    {
        string line = lines.First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
    }

    private static bool IsCuda(Device? device) => device is not null && device.type == DeviceType.CUDA;

    private static int Ordinal(Device device) => Math.Max(0, device.index);
}
