namespace Cil.Silo.Blobs;

/// <summary>Folders and files that only their owner reads: prompts, pictures and videos are the user's own. What is there already stays as it is.</summary>
public static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite, OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <returns>The folder's full path.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made by this user.</exception>
    public static string CreateFolder(string path) =>
        (OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, OwnerFolder)).FullName;

    /// <summary>A file without a buffer of its own.</summary>
    /// <exception cref="IOException">It cannot be opened or made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened or made by this user.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share, FileOptions options = FileOptions.None)
    {
        var settings = new FileStreamOptions { Mode = mode, Access = access, Share = share, Options = options, BufferSize = 1 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) settings.UnixCreateMode = OwnerFile;
        return new FileStream(path, settings);
    }
}
