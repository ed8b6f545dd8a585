namespace Cil.Storage;

/// <summary>Folders and files that only their owner may read: 700 and 600. What is there already keeps its rights.</summary>
public static class PrivateFolder
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, and those above it, where they are not there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static DirectoryInfo Create(string folder)
    {
        if (File.Exists(folder)) throw new IOException($"expected a folder, found the file {folder}");
        if (OperatingSystem.IsWindows()) return Directory.CreateDirectory(folder);
        // Rights hold for the last folder only: those above it are made one by one.
        if (!Directory.Exists(folder) && Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent) Create(parent);
        return Directory.CreateDirectory(folder, OwnerFolder);
    }

    /// <summary>A new file, open for writing without a buffer.</summary>
    /// <exception cref="IOException">There is one of that name, or it cannot be made.</exception>
    public static FileStream NewFile(string file, FileShare share, FileOptions how = FileOptions.None) =>
        Open(file, FileMode.CreateNew, FileAccess.Write, share, how);

    /// <summary>A file, made where it is not there.</summary>
    /// <exception cref="IOException">It cannot be opened or made.</exception>
    public static FileStream Open(string file, FileMode mode, FileAccess access, FileShare share, FileOptions how = FileOptions.None)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 1, Options = how };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        return new FileStream(file, options);
    }
}
