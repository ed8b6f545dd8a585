namespace Cil.Cli.Tests.Datasets;

public sealed class DatasetTests
{
    [Fact]
    public async Task Sprites_OfAWorldThatThereIsNot_NamesThoseThatThereAre()
    {
        CilProgram.Outcome refused = await CilProgram.RunAsync(Path.GetTempPath(), "dataset", "sprites", "clips", "--world", "moon");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--world: expected base, fine-tuning, evaluation, got 'moon'", refused.Errors, StringComparison.Ordinal);
    }
}
