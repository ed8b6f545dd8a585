using System.Globalization;
using System.Runtime.CompilerServices;

namespace Cil.Storage;

/// <summary>
/// Blobs in a folder, one file each, replaced by renaming. Several processes may share the folder: a write holds a lock
/// file from the check of its condition to the rename. The ETag is the file's time and length; every write moves the time on.
/// Folders and files that it makes are for their owner alone (700 and 600). Files whose path is no blob's name are not seen.
/// </summary>
public sealed class FileBlobStore : IBlobStore
{
    private const int Stripes = 64;
    private const string StagingName = ".staging", LocksName = ".locks";

    // A folder that was found empty is removed, and may be just where another thread puts a file: made again so often.
    private const int MostFolders = 100;

    // A write that is older was broken off with its process: the slowest upload takes minutes.
    private static readonly TimeSpan StagingAge = TimeSpan.FromHours(1);

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
        PrivateFolder.Create(root);
        PrivateFolder.Create(staging);
        PrivateFolder.Create(locks);
        SweepStaging();
    }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        string file = FileOf(name);
        if (content.IsEmpty && condition == default && TryMark(file) is { } mark) return mark;
        return await ReplaceAsync(
            name,
            file,
            async stream =>
            {
                await stream.WriteAsync(content, cancellationToken);
                // A conditional write is state that others rely on; it must outlive a power cut. Checkpoints can be made again.
                if (condition != default) stream.Flush(flushToDisk: true);
            },
            condition,
            cancellationToken);
    }

    public Task<string> PutStreamAsync(string name, Stream content, CancellationToken cancellationToken = default) =>
        ReplaceAsync(name, FileOf(name), stream => content.CopyToAsync(stream, cancellationToken), default, cancellationToken);

    private async Task<string> ReplaceAsync(string name, string file, Func<FileStream, Task> write, BlobCondition condition, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(staging, Guid.NewGuid().ToString("N"));
        try
        {
            await using (FileStream stream = PrivateFolder.NewFile(temporary, FileShare.None, FileOptions.Asynchronous)) await write(stream);
            using IDisposable held = await LockAsync(name, cancellationToken);
            var old = new FileInfo(file);
            Require(name, condition, old.Exists ? ETagOf(old) : null);
            DateTime now = DateTime.UtcNow;
            File.SetLastWriteTimeUtc(temporary, old.Exists && old.LastWriteTimeUtc >= now ? old.LastWriteTimeUtc.AddTicks(1) : now);
            string etag = ETagOf(new FileInfo(temporary));
            _ = InFolder(file, () =>
            {
                File.Move(temporary, file, overwrite: true);
                return true;
            });
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
            InFolder(file, () => PrivateFolder.NewFile(file, FileShare.ReadWrite | FileShare.Delete)).Dispose();
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
            byte[] content = new byte[Math.Min(range?.Count ?? long.MaxValue, stream.Length - offset)];
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
        DeleteEmptyFolders(file);
        return true;
    }

    private List<string> Names(string prefix)
    {
        string folder = Path.Combine(root, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(folder)) return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 };
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*", options)
                .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && BlobName.IsName(name))
                .Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            // It was found empty and removed meanwhile.
            return [];
        }
    }

    // Does something in a blob's folder, which is made if it is not there.
    private static T InFolder<T>(string file, Func<T> act)
    {
        for (int attempt = 1; ; attempt++)
        {
            string folder = Path.GetDirectoryName(file)!;
            try
            {
                PrivateFolder.Create(folder);
            }
            catch (IOException) when (attempt < MostFolders && !File.Exists(folder))
            {
                // The same, between two calls that it is made with.
                continue;
            }

            try
            {
                return act();
            }
            catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException && attempt < MostFolders)
            {
                // A folder was removed as empty in between.
            }
        }
    }

    // Else a job that is deleted would leave its folders for ever. Those directly below the root stay: they are few.
    private void DeleteEmptyFolders(string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        while (Path.GetDirectoryName(folder) is { } parent && folder != root && parent != root)
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries(folder).Any()) return;
                Directory.Delete(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Something has been put there, or somebody else has removed it.
                return;
            }

            folder = parent;
        }
    }

    private void SweepStaging()
    {
        DateTime oldest = DateTime.UtcNow - StagingAge;
        foreach (string file in Directory.EnumerateFiles(staging))
        {
            try
            {
                if (File.GetLastWriteTimeUtc(file) < oldest) File.Delete(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not ours, or gone: a leftover is no reason not to start.
            }
        }
    }

    private static void Require(string name, BlobCondition condition, string? current)
    {
        if (condition.IfAbsent && current is not null) throw new BlobConflictException($"{name}: expected no blob, found one with ETag {current}");
        if (condition.IfMatch is { } wanted && wanted != current)
            throw new BlobConflictException($"{name}: expected ETag {wanted}, found {current ?? "no blob"}");
    }

    private static string ETagOf(FileInfo file) => ETagOf(file.LastWriteTimeUtc, file.Length);

    private static string ETagOf(DateTime modified, long length) => string.Create(CultureInfo.InvariantCulture, $"{modified.Ticks:x}-{length:x}");

    private string FileOf(string name) => Path.Combine(root, BlobName.Check(name));

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
                    return new Held(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1), stripe);
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
