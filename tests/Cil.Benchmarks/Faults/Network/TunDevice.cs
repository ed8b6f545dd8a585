using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cil.Benchmarks.Faults.Network;

/// <summary>A network interface whose packets this process reads and writes, also when it is moved to another namespace.</summary>
internal sealed class TunDevice : IDisposable
{
    internal const int LargestPacket = 9000;

    private const string Place = "/dev/net/tun";

    // linux/if_tun.h: plain IP packets, without a header before each.
    private const nuint SetInterface = 0x400454ca;
    private const short Tun = 0x0001, NoHeader = 0x1000;
    private const int NameBytes = 16, RequestBytes = 40;

    private readonly SafeFileHandle handle;

    /// <exception cref="IOException">The system has no such devices, or they are not for this user.</exception>
    internal TunDevice(string name)
    {
        handle = File.OpenHandle(Place, FileMode.Open, FileAccess.ReadWrite);
        byte[] request = new byte[RequestBytes];
        _ = Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(NameBytes), (short)(Tun | NoHeader));
        if (Control(handle, SetInterface, request) != 0) throw new IOException($"{Place}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Waits for the next packet that is sent into the interface.</summary>
    /// <returns>Its bytes; 0 when the device is closed.</returns>
    internal int Read(byte[] packet)
    {
        try
        {
            return (int)Math.Max(0, ReadFile(handle, packet, (nuint)packet.Length));
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Hands a packet to whoever is behind the interface; one that it does not take is lost, as on a wire.</summary>
    internal void Write(byte[] packet, int length)
    {
        try
        {
            _ = WriteFile(handle, packet, (nuint)length);
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    public void Dispose() => handle.Dispose();

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle file, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "read", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ReadFile(SafeFileHandle file, byte[] buffer, nuint length);

    [DllImport("libc", EntryPoint = "write", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint WriteFile(SafeFileHandle file, byte[] buffer, nuint length);
}
