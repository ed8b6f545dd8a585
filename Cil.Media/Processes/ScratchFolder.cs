namespace Cil.Media.Processes;

/// <summary>
/// A folder for files that are to go with this process: videos while they are written, a grid's data that nobody keeps. A
/// process that is killed leaves its folder; the next one that makes one deletes it. Whose process lives is told by a lock of
/// the operating system, which goes with it.
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "cil-scratch-", LockName = ".lock";

    // Between the making of a folder and its lock.
    private static readonly TimeSpan Unlocked = TimeSpan.FromHours(1);

    private static readonly Lazy<ScratchFolder> Whole = new(() => new ScratchFolder(System.IO.Path.GetTempPath()));

    private readonly FileStream held;

    /// <param name="root">Where it is made, and where those of processes that are gone are deleted.</param>
    /// <exception cref="IOException">It cannot be made there.</exception>
    public ScratchFolder(string root)
    {
        Sweep(root);
        string path = System.IO.Path.Combine(root, $"{Prefix}{Guid.NewGuid():N}");
        Path = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path).FullName
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        held = new FileStream(System.IO.Path.Combine(Path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>The one of this process, which is deleted when it ends.</summary>
    public static ScratchFolder Shared
    {
        get
        {
            if (!Whole.IsValueCreated) AppDomain.CurrentDomain.ProcessExit += (_, _) => Whole.Value.Dispose();
            return Whole.Value;
        }
    }

    public string Path { get; }

    public void Dispose()
    {
        held.Dispose();
        TryDelete(Path);
    }

    private static void Sweep(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root, $"{Prefix}*"))
        {
            if (IsLeft(folder)) TryDelete(folder);
        }
    }

    private static bool IsLeft(string folder)
    {
        string file = System.IO.Path.Combine(folder, LockName);
        try
        {
            if (!File.Exists(file)) return DateTime.UtcNow - Directory.GetCreationTimeUtc(folder) > Unlocked;
            using FileStream free = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its process lives, or it is another user's.
            return false;
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process was quicker, or it is tried again by the next one.
        }
    }
}
