using Cil.Media.Processes;

namespace Cil.Media.Tests.Processes;

public sealed class ScratchFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("cil-scratch-test-").FullName;

    [Fact]
    public void New_DeletesWhatAKilledProcessHasLeft_AndNothingOfALivingOne()
    {
        // Its lock is there and nobody holds it.
        string killed = Directory.CreateDirectory(Path.Combine(root, "cil-scratch-killed")).FullName;
        File.WriteAllText(Path.Combine(killed, ".lock"), "");
        File.WriteAllText(Path.Combine(killed, "video.mp4"), "half");
        string other = Directory.CreateDirectory(Path.Combine(root, "others")).FullName;
        using var living = new ScratchFolder(root);
        File.WriteAllText(Path.Combine(living.Path, "video.mp4"), "half");

        using var next = new ScratchFolder(root);

        Assert.Equal(
            [living.Path, next.Path, other],
            Directory.GetDirectories(root).Order(StringComparer.Ordinal).OrderBy(path => path == other).ThenBy(path => path == next.Path));
        Assert.True(File.Exists(Path.Combine(living.Path, "video.mp4")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(next.Path).UnixFileMode);
    }

    [Fact]
    public void Dispose_DeletesIt()
    {
        var folder = new ScratchFolder(root);
        File.WriteAllText(Path.Combine(folder.Path, "video.mp4"), "half");

        folder.Dispose();

        Assert.Empty(Directory.GetDirectories(root));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
