namespace Cil.Cli.Tests.Render;

/// <summary>A render on a terminal: the program <c>script</c> makes a pseudo terminal, and hands on the exit code.</summary>
public sealed class TerminalTests(RenderFolder folder) : IClassFixture<RenderFolder>
{
    [Fact]
    public async Task Render_OnATerminal_DrawsItsBarClearsItAndEndsWithTheResult()
    {
        CilProgram.Outcome outcome = await CilProgram.RunOnTerminalAsync(
            folder.Path, "render", "picture.png", "--prompt", "a thing moving", "--model", folder.Model, "-o", "terminal.mp4");

        Assert.True(outcome.ExitCode == 0, outcome.Output);
        Assert.Contains("░ starting the grid", outcome.Output, StringComparison.Ordinal);
        string[] drawn = outcome.Output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.True(string.IsNullOrWhiteSpace(drawn[^2]), $"the bar is not cleared: '{drawn[^2]}'");
        Assert.StartsWith("terminal.mp4: mp4, 4 frames, 32x32, ", drawn[^1], StringComparison.Ordinal);
    }
}
