using System.Text;
using Cil.Storage;

namespace Cil.Silo.Hosting;

/// <summary>
/// Whose a data folder is. A grid in one process has it alone; the silos of a cluster share it. The lock is the operating
/// system's, so that it goes with its process, however that ends.
/// </summary>
internal sealed class DataLock : IDisposable
{
    private const string FileName = ".lock", ClusterFile = ".cluster";

    // Another program may just be looking through its jobs.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3), Retry = TimeSpan.FromMilliseconds(50);

    private readonly FileStream handle;

    private DataLock(FileStream handle) => this.handle = handle;

    /// <summary>Takes the folder for this process alone.</summary>
    /// <exception cref="DataLockedException">Another grid has it, and keeps it.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static Task<DataLock> TakeAsync(string folder, CancellationToken cancellationToken = default) =>
        OpenAsync(folder, shared: false, cancellationToken);

    /// <summary>Takes the folder together with other silos of its cluster.</summary>
    /// <param name="cluster">Names the cluster: the first silo on the folder writes it there, and the others must have the same.</param>
    /// <exception cref="DataLockedException">A grid that is no part of this cluster has it, and keeps it.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static async Task<DataLock> ShareAsync(string folder, string cluster, CancellationToken cancellationToken = default)
    {
        string file = Path.Combine(PrivateFolder.Create(folder).FullName, ClusterFile);
        if (TryOpen(folder, shared: false) is { } alone)
        {
            // Whoever had the folder before has gone.
            using (alone) Write(file, cluster);
        }

        DataLock held = await OpenAsync(folder, shared: true, cancellationToken);
        try
        {
            string there = Read(file);
            return there == cluster ? held : throw new DataLockedException(folder, ServiceFile.Live(folder), there, cluster);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => handle.Dispose();

    private static async Task<DataLock> OpenAsync(string folder, bool shared, CancellationToken cancellationToken)
    {
        _ = PrivateFolder.Create(folder);
        long start = Environment.TickCount64;
        while (true)
        {
            if (TryOpen(folder, shared) is { } held) return held;
            IReadOnlyList<ServiceFile> holders = ServiceFile.Live(folder);
            // A service stays; anything else may be about to end.
            if (holders.Any(holder => holder.Url is not null) || Environment.TickCount64 - start > AnswerTimeout.TotalMilliseconds)
                throw new DataLockedException(folder, holders);
            await Task.Delay(Retry, cancellationToken);
        }
    }

    // Null where another has it.
    private static DataLock? TryOpen(string folder, bool shared)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            return new DataLock(shared
                ? PrivateFolder.Open(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
                : PrivateFolder.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    private static void Write(string file, string text)
    {
        string temporary = $"{file}.{Guid.NewGuid():N}";
        using (FileStream stream = PrivateFolder.NewFile(temporary, FileShare.None)) stream.Write(Encoding.UTF8.GetBytes(text));
        File.Move(temporary, file, overwrite: true);
    }

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : "";
}
