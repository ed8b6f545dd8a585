using Cil.Storage;

namespace Cil.Silo.Hosting;

/// <summary>
/// Whose a data folder is. A grid in one process has it alone; the silos of a cluster share it. The lock is the operating
/// system's, so that it goes with its process, however that ends.
/// </summary>
public sealed class DataLock : IDisposable
{
    private const string FileName = ".lock";

    // Another program may just be looking through its jobs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), Retry = TimeSpan.FromMilliseconds(50);

    private readonly FileStream handle;

    private DataLock(FileStream handle) => this.handle = handle;

    /// <summary>Takes the folder for this process alone.</summary>
    /// <exception cref="DataLockedException">Another grid has it, and keeps it.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static Task<DataLock> TakeAsync(string folder, CancellationToken cancellationToken = default) => OpenAsync(folder, shared: false, cancellationToken);

    /// <summary>Takes the folder together with other silos of its cluster.</summary>
    /// <exception cref="DataLockedException">A grid that is no part of a cluster has it, and keeps it.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static Task<DataLock> ShareAsync(string folder, CancellationToken cancellationToken = default) => OpenAsync(folder, shared: true, cancellationToken);

    public void Dispose() => handle.Dispose();

    private static async Task<DataLock> OpenAsync(string folder, bool shared, CancellationToken cancellationToken)
    {
        string file = Path.Combine(PrivateFolder.Create(folder).FullName, FileName);
        long start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new DataLock(shared
                    ? PrivateFolder.Open(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
                    : PrivateFolder.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (File.Exists(file))
            {
                IReadOnlyList<ServiceFile> holders = ServiceFile.Live(folder);
                // A service stays; anything else may be about to end.
                if (holders.Any(holder => holder.Url is not null) || Environment.TickCount64 - start > Patience.TotalMilliseconds)
                    throw new DataLockedException(folder, holders);
                await Task.Delay(Retry, cancellationToken);
            }
        }
    }
}
