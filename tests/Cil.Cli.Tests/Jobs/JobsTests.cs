using System.Text.Json;
using Cil.Cli.Tests.Render;

namespace Cil.Cli.Tests.Jobs;

/// <summary>The commands for jobs on the data folder of a render that was killed.</summary>
public sealed class JobsTests : IDisposable
{
    private readonly RenderFolder folder = new();

    public JobsTests()
    {
        // Where `cil` looks for models by itself.
        _ = Directory.CreateDirectory(folder.At("models"));
        _ = Directory.CreateSymbolicLink(folder.At("models/tiny"), folder.Model);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Job_OfAKilledRender_IsListedPausedExplainedResumedAndDeleted()
    {
        string[] render = ["render", "picture.png", "--prompt", "a thing", "--model", "tiny", "--seed", "11", "--steps", "60"];
        _ = await DoneAsync([.. render, "-o", "whole.mp4"]);
        await KilledRender.RunAsync(folder, [.. render, "-o", "lost.mp4", "--data", "jobs"], "jobs");

        JsonElement job = JsonDocument.Parse(await DoneAsync("jobs", "--json", "--data", "jobs")).RootElement[0];
        string id = job.GetProperty("id").GetString()!;
        Assert.Contains(id, await DoneAsync("jobs", "--data", "jobs"), StringComparison.Ordinal);
        Assert.Contains("paused", await DoneAsync("pause", id, "--data", "jobs"), StringComparison.Ordinal);
        Assert.Contains("paused", await DoneAsync("jobs", "--why", id, "--data", "jobs"), StringComparison.Ordinal);
        Assert.Contains(id, await DoneAsync("unpause", id, "--data", "jobs"), StringComparison.Ordinal);
        Assert.Contains("resumed.mp4: mp4", await DoneAsync("resume", id, "--data", "jobs", "-o", "resumed.mp4"), StringComparison.Ordinal);

        Assert.Equal(await File.ReadAllBytesAsync(folder.At("whole.mp4")), await File.ReadAllBytesAsync(folder.At("resumed.mp4")));
        Assert.Contains("completed", await DoneAsync("jobs", "--data", "jobs"), StringComparison.Ordinal);
        _ = await DoneAsync("delete", id, "--data", "jobs");
        Assert.Equal("no jobs", (await DoneAsync("jobs", "--data", "jobs")).Trim());
        Assert.DoesNotContain(Directory.GetFiles(folder.At("jobs"), "*", SearchOption.AllDirectories), file => file.Contains(id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ID: there is no job nobody", "retry", "nobody", "--data", "jobs")]
    [InlineData("ID: expected a job's id", "retry", "a/b", "--data", "jobs")]
    [InlineData("--data: there is no folder nowhere", "jobs", "--data", "nowhere")]
    [InlineData("--url: expected http://HOST:PORT, got 'x'", "jobs", "--url", "x")]
    [InlineData("--url: give either --data or --url", "jobs", "--url", "http://127.0.0.1:1", "--data", "jobs")]
    [InlineData("ID: give one of a job's id, --tenant or --queue to pause", "pause", "--data", "jobs")]
    public async Task Command_WithWhatCannotBe_SaysWhat(string message, params string[] arguments)
    {
        _ = Directory.CreateDirectory(folder.At("jobs"));

        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, arguments);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
