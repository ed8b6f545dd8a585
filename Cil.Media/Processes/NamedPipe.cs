using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cil.Media.Processes;

/// <summary>Pipes with a name (FIFOs): opening one waits for whoever is to write into it, for ever if nobody does.</summary>
public static class NamedPipe
{
    // linux/stat.h and fcntl.h: the structure is the same on every processor.
    private const int CurrentFolder = -100, Bytes = 256, ModeAt = 28, KindMask = 0xF000, Fifo = 0x1000;
    private const uint Kind = 0x1;

    /// <summary>
    /// A pipe that this process was handed, such as a shell's <c>&lt;(command)</c> or /dev/stdin, has its writer and is none.
    /// </summary>
    public static bool Is(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        string full = Path.GetFullPath(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)) return false;
        byte[] status = new byte[Bytes];
        try
        {
            return Status(CurrentFolder, full, 0, Kind, status) == 0
                && (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeAt)) & KindMask) == Fifo;
        }
        catch (EntryPointNotFoundException)
        {
            // A system library without the call.
            return false;
        }
    }

    /// <exception cref="IOException">It is a pipe.</exception>
    public static void Refuse(string path)
    {
        if (Is(path)) throw new IOException($"expected a file, got a named pipe (FIFO): {path}");
    }

    [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
