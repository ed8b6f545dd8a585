namespace Cil.Diffusion.Devices;

/// <summary>
/// Has allocations fail before the kernel ends the process for want of memory: libtorch then says so, and the job that asked for too much
/// ends instead of the service. The limit (RLIMIT_DATA) counts what is reserved for writing, touched or not, so it is a little early.
/// </summary>
public static class MemoryGuard
{
    private const string StatusFile = "/proc/self/status";

    /// <summary>Limits this process to what it has now and what the system has left for it; never raises a limit.</summary>
    /// <returns>Whether there is such a limit now.</returns>
    public static bool Set()
    {
        if (SystemMemory.Total() is not { } total || DeviceMemory.Read() is not { } now || Reserved() is not { } reserved) return false;
        long limit = reserved + Math.Max(0, total - now.UsedBytes);
        try
        {
            if (NativeMethods.getrlimit(NativeMethods.LimitData, out NativeMethods.Limit old) != 0) return false;
            if (old.Soft <= (ulong)limit) return true;
            return NativeMethods.setrlimit(NativeMethods.LimitData, new NativeMethods.Limit { Soft = (ulong)limit, Hard = old.Hard }) == 0;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static long? Reserved()
    {
        try
        {
            return DeviceMemory.Kilobytes(File.ReadAllLines(StatusFile), "VmData:") * 1024;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }
}
