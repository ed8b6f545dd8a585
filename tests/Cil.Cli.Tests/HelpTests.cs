namespace Cil.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("render", "IMAGE", "--prompt", "--analytic-init", "--target-motion", "--tries")]
    [InlineData("serve", "--data", "--cluster", "--role", "--drain-seconds")]
    [InlineData("jobs", "--why", "--queue", "--json")]
    [InlineData("batch", "ID", "--cancel", "--delete", "--json")]
    [InlineData("watch", "ID", "--url", "--output")]
    [InlineData("resume", "ID", "--data", "--model", "--devices")]
    [InlineData("pause", "ID", "--tenant", "--queue")]
    [InlineData("cancel", "ID", "--data")]
    [InlineData("models")]
    [InlineData("models import", "CHECKPOINT", "--base", "--tuning")]
    [InlineData("check", "FOLDER", "--tolerance")]
    [InlineData("dataset sprites", "FOLDER", "--motions")]
    [InlineData("train finetune", "MODEL", "DATA", "--method", "--mu-max", "--token-noise", "--condition-frame", "--max-stride")]
    [InlineData("train tiny", "FOLDER")]
    [InlineData("eval sprites", "MODEL", "--sheet")]
    [InlineData("eval motion", "VIDEO", "--frames", "--raft", "--device")]
    [InlineData("eval fvd", "REAL", "MADE", "--i3d", "--features", "--device")]
    [InlineData("eval is", "MADE", "--splits", "--c3d", "--c3d-mean", "--features")]
    [InlineData("eval leakage", "MODEL", "--data", "--plot")]
    [InlineData("stats build", "DATA", "--model")]
    [InlineData("stats show", "FILE")]
    public async Task Help_OfEachCommand_SaysWhatItTakes(string command, params string[] words)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(Path.GetTempPath(), [.. command.Split(' '), "--help"]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.All(words, word => Assert.Contains(word, outcome.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cil_WithoutACommand_ListsThem()
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(Path.GetTempPath());

        Assert.Equal(0, outcome.ExitCode);
        Assert.All(
            ["render", "models", "check", "dataset", "train", "eval"],
            name => Assert.Contains($"  {name}", outcome.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cil_WithAnUnknownCommand_Exits2AndNamesIt()
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(Path.GetTempPath(), "rendr");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("rendr", outcome.Errors, StringComparison.Ordinal);
    }
}
