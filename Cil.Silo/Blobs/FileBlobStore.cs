using System.Globalization;
using System.Runtime.CompilerServices;
using Cil.Grains.Blobs;

namespace Cil.Silo.Blobs;

/// <summary>
/// Blobs in a folder, one file each, replaced by renaming. Several processes may share the folder: a write holds a lock
/// file from the check of its condition to the rename. The ETag is the file's time and length; every write moves the time on.
/// </summary>
public sealed class FileBlobStore : IBlobStore
{
    private const int Stripes = 64;
    private const string StagingName = ".staging", LocksName = ".locks";
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(2);
    private readonly string root;
    private readonly string staging;
    private readonly string locks;
    private readonly SemaphoreSlim[] stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];

    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public FileBlobStore(string folder)
    {
        root = Path.GetFullPath(folder);
        // Inside the folder, so that a rename never crosses file systems. No blob's name begins with a dot.
        staging = Path.Combine(root, StagingName);
        locks = Path.Combine(root, LocksName);
        PrivateFiles.CreateFolder(staging);
        PrivateFiles.CreateFolder(locks);
    }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        string file = FileOf(name);
        if (content.IsEmpty && condition == default && TryMark(file) is { } mark) return mark;
        string temporary = Path.Combine(staging, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var stream = PrivateFiles.Open(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                await stream.WriteAsync(content, cancellationToken);
                // A conditional write is state that others rely on; it must outlive a power cut. Checkpoints can be made again.
                if (condition != default) stream.Flush(flushToDisk: true);
            }

            using IDisposable held = await LockAsync(name, cancellationToken);
            var old = new FileInfo(file);
            Require(name, condition, old.Exists ? ETagOf(old) : null);
            DateTime now = DateTime.UtcNow;
            File.SetLastWriteTimeUtc(temporary, old.Exists && old.LastWriteTimeUtc >= now ? old.LastWriteTimeUtc.AddTicks(1) : now);
            string etag = ETagOf(new FileInfo(temporary));
            PrivateFiles.CreateFolder(Path.GetDirectoryName(file)!);
            File.Move(temporary, file, overwrite: true);
            return etag;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // An empty blob that is not there yet is whole as soon as it is there: no other file, no renaming, no lock.
    private static string? TryMark(string file)
    {
        try
        {
            PrivateFiles.CreateFolder(Path.GetDirectoryName(file)!);
            PrivateFiles.Open(file, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return ETagOf(new FileInfo(file));
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    public async Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(
                FileOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        await using (stream)
        {
            // Through the open handle, so that ETag and bytes are of one version even while the blob is being replaced.
            DateTime modified = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            long offset = Math.Min(range?.Offset ?? 0, stream.Length);
            var content = new byte[Math.Min(range?.Count ?? long.MaxValue, stream.Length - offset)];
            stream.Seek(offset, SeekOrigin.Begin);
            await stream.ReadExactlyAsync(content, cancellationToken);
            return new Blob(content, ETagOf(modified, stream.Length), stream.Length);
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (string name in await Task.Run(() => Names(prefix), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        string file = FileOf(name);
        using IDisposable held = await LockAsync(name, cancellationToken);
        if (!File.Exists(file)) return false;
        File.Delete(file);
        return true;
    }

    private List<string> Names(string prefix)
    {
        string folder = Path.Combine(root, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(folder)) return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 };
        return [.. Directory.EnumerateFiles(folder, "*", options)
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name[0] != '.')
            .Order(StringComparer.Ordinal)];
    }

    private static void Require(string name, BlobCondition condition, string? current)
    {
        if (condition.IfAbsent && current is not null) throw new BlobConflictException($"{name}: expected no blob, found one with ETag {current}");
        if (condition.IfMatch is { } wanted && wanted != current)
            throw new BlobConflictException($"{name}: expected ETag {wanted}, found {current ?? "no blob"}");
    }

    private static string ETagOf(FileInfo file) => ETagOf(file.LastWriteTimeUtc, file.Length);

    private static string ETagOf(DateTime modified, long length) => string.Create(CultureInfo.InvariantCulture, $"{modified.Ticks:x}-{length:x}");

    private string FileOf(string name) => Path.Combine(root, BlobNames.Check(name));

    private async Task<IDisposable> LockAsync(string name, CancellationToken cancellationToken)
    {
        int number = (int)(StableHash.Of(name) % Stripes);
        SemaphoreSlim stripe = stripes[number];
        await stripe.WaitAsync(cancellationToken);
        string file = Path.Combine(locks, number.ToString(CultureInfo.InvariantCulture));
        try
        {
            while (true)
            {
                try
                {
                    return new Held(PrivateFiles.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), stripe);
                }
                catch (IOException) when (File.Exists(file))
                {
                    // Another process is between its check and its rename: a matter of microseconds.
                    await Task.Delay(LockRetry, cancellationToken);
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
