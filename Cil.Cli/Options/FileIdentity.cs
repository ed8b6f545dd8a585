using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cil.Cli.Options;

/// <summary>Whether two names are one file, also over symbolic and hard links.</summary>
internal static class FileIdentity
{
    // linux/stat.h and fcntl.h: the structure is the same on every processor.
    private const int CurrentFolder = -100, Bytes = 256, NumberAt = 32, DeviceAt = 136;
    private const uint Number = 0x100;

    internal static bool IsSame(string one, string other)
    {
        (one, other) = (Path.GetFullPath(one), Path.GetFullPath(other));
        if (one == other) return true;
        try
        {
            if (OperatingSystem.IsLinux()) return Identity(one) is { } identity && identity == Identity(other);
        }
        catch (EntryPointNotFoundException)
        {
            // A system library without the call.
        }

        return Target(one) == Target(other);
    }

    private static (ulong Device, ulong Number)? Identity(string path)
    {
        byte[] status = new byte[Bytes];
        return Status(CurrentFolder, path, 0, Number, status) == 0
            ? (BinaryPrimitives.ReadUInt64LittleEndian(
                status.AsSpan(DeviceAt)), BinaryPrimitives.ReadUInt64LittleEndian(status.AsSpan(NumberAt)))
            : null;
    }

    private static string Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path;
        }
    }

    [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
