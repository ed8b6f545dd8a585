using Cil.Cli.Options;

namespace Cil.Cli.Tests.Options;

public sealed class OutputFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-output-").FullName;

    [Fact]
    public async Task New_DeletesWhatAKilledProgramHasLeft_AndNothingOfALivingOne()
    {
        string left = Path.Combine(folder, ".cil-left"), other = Path.Combine(folder, ".other");
        foreach (string file in (string[])[left, other]) File.WriteAllText(file, "half");
        using var living = new OutputFile("--output", Path.Combine(folder, "living.mp4"));
        foreach (string file in Directory.GetFiles(folder)) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));

        using (var next = new OutputFile("--output", Path.Combine(folder, "next.mp4")))
        {
            Assert.False(File.Exists(left));
            Assert.True(File.Exists(other));
            await next.WriteAsync("whole"u8.ToArray(), CancellationToken.None);
        }

        await living.WriteAsync("whole too"u8.ToArray(), CancellationToken.None);
        Assert.Equal(
            ("whole", "whole too"),
            (File.ReadAllText(Path.Combine(folder, "next.mp4")), File.ReadAllText(Path.Combine(folder, "living.mp4"))));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
