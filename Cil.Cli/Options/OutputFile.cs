namespace Cil.Cli.Options;

/// <summary>
/// A file that is there whole or not at all: it is made beside its place before the work begins, so that a place which
/// cannot be written to is found at once, and moved there at the end.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private readonly string option, path, partial;
    private const string Prefix = ".cil-";

    // One without a living process that is older was left by a killed one.
    private static readonly TimeSpan Left = TimeSpan.FromMinutes(1);

    // Open, and so locked, until the file is in its place.
    private readonly FileStream held;

    /// <param name="option">What says the place.</param>
    /// <param name="path">Where it is to be.</param>
    /// <param name="inputs">Files that are read and must stay.</param>
    /// <exception cref="BadInputException">The place cannot be written to, or is an input.</exception>
    public OutputFile(string option, string path, params string[] inputs)
    {
        (this.option, this.path) = (option, System.IO.Path.GetFullPath(path));
        if (Directory.Exists(this.path)) throw new BadInputException(option, $"expected a file, got the folder {path}");
        if (Array.Find(inputs, input => FileIdentity.IsSame(input, path)) is { } input)
        {
            throw new BadInputException(
                option,
                $"{path} would overwrite the input{(input == path ? "" : $" {input}: they are the same file")}; name another file "
                    + $"with {option}");
        }

        string folder = System.IO.Path.GetDirectoryName(this.path)!;
        // Without the file's name: that may be as long as a name can be.
        partial = System.IO.Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}");
        RequireShortName();
        try
        {
            Sweep(folder);
            held = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                option, Directory.Exists(folder) ? $"cannot write there: {Plain(error)}" : $"there is no folder {folder}");
        }
    }

    public string Path => path;

    /// <exception cref="BadInputException">The disk is full, or the place has gone.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            held.SetLength(0);
            await held.WriteAsync(content, cancellationToken);
            await held.FlushAsync(cancellationToken);
            // Locked until it is in its place; from there on anybody may read it.
            File.Move(partial, path, overwrite: true);
            await held.DisposeAsync();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(option, $"cannot write there: {Plain(error)}");
        }
    }

    public void Dispose()
    {
        held.Dispose();
        // Nothing where it has been moved to its place.
        File.Delete(partial);
    }

    // What programs that were killed have left in the folder.
    private static void Sweep(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, $"{Prefix}*"))
        {
            try
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) < Left) continue;
                using (new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None)) File.Delete(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Its program is still at work, or it is another's.
            }
        }
    }

    // Asked now: whether the file system has such a name would else be known only at the end.
    private void RequireShortName()
    {
        try
        {
            _ = File.GetAttributes(path);
        }
        catch (PathTooLongException)
        {
            throw new BadInputException(option, $"the name is too long: {path}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is not there, or cannot be looked at; writing tells.
        }
    }

    private string Plain(Exception error) => error.Message.Replace(partial, path, StringComparison.Ordinal);
}
