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
    private const string StagingName = ".staging", LocksName = ".locks";

    // A write that is older was broken off with its process: the slowest upload takes minutes.
    private static readonly TimeSpan StagingAge = TimeSpan.FromHours(1);

    private readonly string root;
    private readonly string staging;
    private readonly BlobLocks locks;

    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public FileBlobStore(string folder)
    {
        root = Path.GetFullPath(folder);
        // Inside the folder, so that a rename never crosses file systems. No blob's name begins with a dot.
        staging = Path.Combine(root, StagingName);
        string lockFiles = Path.Combine(root, LocksName);
        locks = new BlobLocks(lockFiles);
        PrivateFolder.Create(root);
        PrivateFolder.Create(staging);
        PrivateFolder.Create(lockFiles);
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

    private async Task<string> ReplaceAsync(
        string name, string file, Func<FileStream, Task> write, BlobCondition condition, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(staging, Guid.NewGuid().ToString("N"));
        try
        {
            await using (FileStream stream = PrivateFolder.NewFile(temporary, FileShare.None, FileOptions.Asynchronous))
                await write(stream);
            using IDisposable held = await locks.AcquireAsync(name, cancellationToken);
            var old = new FileInfo(file);
            Require(name, condition, old.Exists ? ETagOf(old) : null);
            DateTime now = DateTime.UtcNow;
            File.SetLastWriteTimeUtc(temporary, old.Exists && old.LastWriteTimeUtc >= now ? old.LastWriteTimeUtc.AddTicks(1) : now);
            string etag = ETagOf(new FileInfo(temporary));
            _ = BlobFolders.Within(file, () =>
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
            using FileStream stream = BlobFolders.Within(
                file, () => PrivateFolder.NewFile(file, FileShare.ReadWrite | FileShare.Delete));
            // Through the open handle: the blob may have been deleted again.
            return ETagOf(File.GetLastWriteTimeUtc(stream.SafeFileHandle), stream.Length);
        }
        catch (IOException)
        {
            // It is there, or was a moment ago: the way through another file decides, and says what is wrong if something is.
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
        using IDisposable held = await locks.AcquireAsync(name, cancellationToken);
        if (!File.Exists(file)) return false;
        File.Delete(file);
        BlobFolders.DeleteEmpty(file, root);
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
        if (condition.IfAbsent && current is not null)
            throw new BlobConflictException($"{name}: expected no blob, found one with ETag {current}");
        if (condition.IfMatch is { } wanted && wanted != current)
            throw new BlobConflictException($"{name}: expected ETag {wanted}, found {current ?? "no blob"}");
    }

    private static string ETagOf(FileInfo file) => ETagOf(file.LastWriteTimeUtc, file.Length);

    private static string ETagOf(DateTime modified, long length) =>
        string.Create(CultureInfo.InvariantCulture, $"{modified.Ticks:x}-{length:x}");

    private string FileOf(string name) => Path.Combine(root, BlobName.Check(name));
}
