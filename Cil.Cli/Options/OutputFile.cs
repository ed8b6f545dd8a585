namespace Cil.Cli.Options;

/// <summary>
/// A file that is there whole or not at all: it is made beside its place before the work begins, so that a place which
/// cannot be written to is found at once, and moved there at the end.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private readonly string option, path, partial;
    private bool finished;

    /// <exception cref="BadInputException">The place cannot be written to.</exception>
    public OutputFile(string option, string path)
    {
        (this.option, this.path) = (option, System.IO.Path.GetFullPath(path));
        if (Directory.Exists(this.path)) throw new BadInputException(option, $"expected a file, got the folder {path}");
        string folder = System.IO.Path.GetDirectoryName(this.path)!;
        partial = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(this.path)}.{Guid.NewGuid():N}");
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

    private string Plain(Exception error) => error.Message.Replace(partial, path, StringComparison.Ordinal);
}
