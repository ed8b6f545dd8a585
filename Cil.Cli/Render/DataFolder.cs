using Cil.Cli.Options;
using Cil.Media.Processes;
using Cil.Storage;

namespace Cil.Cli.Render;

/// <summary>The grid's folder: the user's, which stays, or one for this run.</summary>
internal sealed class DataFolder : IDisposable
{
    // Null where the user's is used.
    private readonly ScratchFolder? passing;

    internal DataFolder(string? given)
    {
        try
        {
            passing = given is null ? new ScratchFolder(System.IO.Path.GetTempPath()) : null;
            Path = given is null ? System.IO.Path.Combine(passing!.Path, "data") : PrivateFolder.Create(given).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException("--data", $"cannot write to {given}: {error.Message}");
        }
    }

    internal string Path { get; }

    public void Dispose()
    {
        passing?.Dispose();
    }
}
