using Cil.Cli.Options;
using Cil.Silo.Blobs;

namespace Cil.Cli.Render;

/// <summary>The grid's folder: the user's, which stays, or one for this run.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly bool passing;

    internal DataFolder(string? given)
    {
        passing = given is null;
        try
        {
            Path = given is null ? Directory.CreateTempSubdirectory("cil-").FullName : PrivateFiles.CreateFolder(given);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException("--data", $"cannot write to {given}: {error.Message}");
        }
    }

    internal string Path { get; }

    public void Dispose()
    {
        if (passing) Directory.Delete(Path, recursive: true);
    }
}
