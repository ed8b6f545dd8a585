using System.Security.Cryptography;
using System.Text;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Pipelines;

/// <summary>
/// The files that a pipeline's weights lie in, held open: their hash, made while the pipeline works already, and whether they
/// are still what was loaded. Weights that are mapped would change with their file; one that is put in its place is another.
/// </summary>
public sealed class WeightFiles : IDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly List<(FileStream Stream, long Length, DateTime Written)> files = [];
    private readonly Lazy<Task<string>> hash;

    private WeightFiles(IEnumerable<string> paths)
    {
        hash = new Lazy<Task<string>>(() => Task.Run(HashAsync));
        try
        {
            foreach (string path in paths)
            {
                // Others may write: it is noticed.
                var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                files.Add((stream, stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle)));
            }
        }
        catch (Exception error)
        {
            Dispose();
            if (error is IOException or UnauthorizedAccessException) throw new CheckpointException(error.Message, error);
            throw;
        }
    }

    /// <summary>SHA-256 of the file, or of several files' hashes, in lower-case hexadecimal; waits until it is known.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal string Hash => hash.Value.GetAwaiter().GetResult();

    /// <summary>Whether nobody has written to a file since it was opened.</summary>
    internal bool AreUnchanged => files.TrueForAll(file => file.Stream.SafeFileHandle is var handle
        && RandomAccess.GetLength(handle) == file.Length && File.GetLastWriteTimeUtc(handle) == file.Written);

    /// <summary>The hash of the weights in a model's folder, for which they are only read.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string HashOf(ModelManifest manifest, string folder)
    {
        using WeightFiles files = Open(manifest, folder);
        return files.Hash;
    }

    /// <summary>To be called before the weights are read.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    internal static WeightFiles Open(ModelManifest manifest, string folder) => new(manifest.WeightFiles.SelectMany(name =>
    {
        // A file may be an index of others.
        using ITensorFile file = TensorFiles.Open(Path.Combine(folder, name));
        return file.Files;
    }));

    /// <summary>Begins to hash; to be called once the weights are read, and their files are in the system's cache.</summary>
    internal void BeginHash() => _ = hash.Value;

    public void Dispose()
    {
        end.Cancel();
        if (hash.IsValueCreated)
        {
            try
            {
                hash.Value.Wait();
            }
            catch (AggregateException)
            {
                // Cancelled, or told to whoever asked for it.
            }
        }

        foreach ((FileStream? stream, long _, DateTime _) in files) stream.Dispose();
        end.Dispose();
    }

    private async Task<string> HashAsync()
    {
        var hashes = new List<string>();
        foreach ((FileStream? stream, long _, DateTime _) in files)
            hashes.Add(Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, end.Token)));
        return hashes.Count == 1 ? hashes[0] : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(hashes))));
    }
}
