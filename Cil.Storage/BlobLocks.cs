using System.Globalization;

namespace Cil.Storage;

/// <summary>
/// Locks on the names of a folder's blobs, in this process and among the processes that share the folder: one of 64 files.
/// </summary>
/// <param name="folder">Where the lock files lie.</param>
internal sealed class BlobLocks(string folder)
{
    private const int Stripes = 64;

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(2);

    private readonly SemaphoreSlim[] stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits until nobody else has the name's lock; disposed of, it is given back.</summary>
    internal async Task<IDisposable> AcquireAsync(string name, CancellationToken cancellationToken)
    {
        int number = (int)(StableHash.Of(name) % Stripes);
        SemaphoreSlim stripe = stripes[number];
        await stripe.WaitAsync(cancellationToken);
        string file = Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));
        try
        {
            while (true)
            {
                try
                {
                    return new Held(PrivateFolder.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), stripe);
                }
                catch (IOException) when (File.Exists(file))
                {
                    // Another process is between its check and its rename: a matter of microseconds.
                    await Task.Delay(Retry, cancellationToken);
                }
            }
        }
        catch
        {
            stripe.Release();
            throw;
        }
    }

    private sealed class Held(FileStream handle, SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose()
        {
            handle.Dispose();
            stripe.Release();
        }
    }
}
