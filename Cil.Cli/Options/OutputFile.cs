namespace Cil.Cli.Options;

/// <summary>
/// A file that is there whole or not at all: it is made beside its place before the work begins, so that a place which
/// cannot be written to is found at once, and moved there at the end.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private readonly string option, path, partial;
    private bool finished;

    /// <param name="option">What says the place.</param>
    /// <param name="path">Where it is to be.</param>
    /// <param name="inputs">Files that are read and must stay.</param>
    /// <exception cref="BadInputException">The place cannot be written to, or is an input.</exception>
    public OutputFile(string option, string path, params string[] inputs)
    {
        (this.option, this.path) = (option, System.IO.Path.GetFullPath(path));
        if (Directory.Exists(this.path)) throw new BadInputException(option, $"expected a file, got the folder {path}");
        if (Array.Find(inputs, input => FileIdentity.IsSame(input, path)) is { } input)
            throw new BadInputException(option, $"{path} would overwrite the input{(input == path ? "" : $" {input}: they are the same file")}; name another file with {option}");
        string folder = System.IO.Path.GetDirectoryName(this.path)!;
        // Without the file's name: that may be as long as a name can be.
        partial = System.IO.Path.Combine(folder, $".{Guid.NewGuid():N}");
        RequireShortName();
        try
        {
            File.WriteAllBytes(partial, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(option, Directory.Exists(folder) ? $"cannot write there: {Plain(error)}" : $"there is no folder {folder}");
        }
    }

    public string Path => path;

    /// <exception cref="BadInputException">The disk is full, or the place has gone.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllBytesAsync(partial, content, cancellationToken);
            File.Move(partial, path, overwrite: true);
            finished = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(option, $"cannot write there: {Plain(error)}");
        }
    }

    public void Dispose()
    {
        if (!finished) File.Delete(partial);
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
