using System.Text;

namespace Cil.Diffusion.Devices;

/// <summary>Questions to NVIDIA's driver about a GPU by CUDA's ordinal; null where there is no driver or it does not answer.</summary>
internal static unsafe class CudaDriver
{
    /// <returns>Bytes of the whole device and free ones, of all processes.</returns>
    internal static (long Total, long Free)? Memory(int ordinal) => Ask<(long, long)>(ordinal, device =>
    {
        nint context;
        if (NativeMethods.cuDevicePrimaryCtxRetain(&context, device) != 0) return null;
        try
        {
            if (NativeMethods.cuCtxPushCurrent(context) != 0) return null;
            nuint free, total;
            int error = NativeMethods.cuMemGetInfo(&free, &total);
            _ = NativeMethods.cuCtxPopCurrent(&context);
            return error == 0 ? ((long)total, (long)free) : null;
        }
        finally
        {
            _ = NativeMethods.cuDevicePrimaryCtxRelease(device);
        }
    });

    /// <returns>Ten times the compute capability: 80 for 8.0.</returns>
    internal static int? Capability(int ordinal) => Ask<int>(ordinal, device =>
    {
        int major, minor;
        return NativeMethods.cuDeviceGetAttribute(&major, NativeMethods.CapabilityMajor, device) == 0
            && NativeMethods.cuDeviceGetAttribute(&minor, NativeMethods.CapabilityMinor, device) == 0 ? (10 * major) + minor : null;
    });

    /// <returns>What the maker calls the device, such as "NVIDIA H200".</returns>
    internal static string? Product(int ordinal)
    {
        const int MostBytes = 256;
        byte[] name = new byte[MostBytes];
        int? length = Ask<int>(ordinal, device =>
        {
            fixed (byte* start = name) return NativeMethods.cuDeviceGetName(start, MostBytes, device) == 0
                ? Array.IndexOf(name, (byte)0)
                : null;
        });
        return length > 0 ? Encoding.ASCII.GetString(name, 0, length.Value) : null;
    }

    private static T? Ask<T>(int ordinal, Func<int, T?> question) where T : struct
    {
        try
        {
            int device;
            return NativeMethods.cuInit(0) == 0 && NativeMethods.cuDeviceGet(&device, ordinal) == 0 ? question(device) : null;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }
}
