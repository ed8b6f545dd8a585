using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Cil.Cli.Tests.Render;
using Cil.Diffusion.Models;
using Cil.TestKit.Models;

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
        Assert.DoesNotContain(
            Directory.GetFiles(folder.At("jobs"), "*", SearchOption.AllDirectories), file => file.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resume_WithoutTheModelThatTheJobWasBegunWith_IsRefusedAndLosesNothing()
    {
        string[] render = ["render", "picture.png", "--prompt", "a thing", "--model", "tiny", "--seed", "11", "--steps", "60"];
        _ = await DoneAsync([.. render, "-o", "whole.mp4"]);
        await KilledRender.RunAsync(folder, [.. render, "-o", "lost.mp4", "--data", "jobs"], "jobs", counted: true);
        JsonElement job = JsonDocument.Parse(await DoneAsync("jobs", "--json", "--data", "jobs")).RootElement[0];
        string id = job.GetProperty("id").GetString()!, begunWith = job.GetProperty("weightsHash").GetString()![..12];
        Directory.Delete(folder.At("models/tiny"));
        ModelFolder.CreateRandom(folder.At("other"), TinyModel.Manifest, seed: 2);
        ModelFolder.CreateRandom(folder.At("models/small"), TinyModel.Manifest with { Name = "small" }, seed: 1);
        string otherWeights =
            Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(folder.At("other/weights.safetensors"))))[..12];

        string none = await RefusedAsync("resume", id, "--data", "jobs", "-o", "resumed.mp4");
        string another = await RefusedAsync("resume", id, "--data", "jobs", "-o", "resumed.mp4", "--model", "small");
        string changed = await RefusedAsync("resume", id, "--data", "jobs", "-o", "resumed.mp4", "--model", "other");

        string needed = $"--model: {id} goes on only with the model tiny with weights {begunWith}; found: ";
        Assert.Contains(needed, none, StringComparison.Ordinal);
        Assert.Contains($"small in {folder.At("models/small")}", none, StringComparison.Ordinal);
        Assert.Contains("; give its folder with --model, or the folder above it in CIL_MODELS", none, StringComparison.Ordinal);
        Assert.Contains($"{needed}small in {folder.At("models/small")};", another, StringComparison.Ordinal);
        Assert.Contains($"{needed}tiny with weights {otherWeights} in {folder.At("other")};", changed, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.At("resumed.mp4")));
        // The model's own folder, which no name leads to.
        _ = await DoneAsync("resume", id, "--data", "jobs", "-o", "resumed.mp4", "--model", folder.Model);
        Assert.Equal(await File.ReadAllBytesAsync(folder.At("whole.mp4")), await File.ReadAllBytesAsync(folder.At("resumed.mp4")));
        // What is over is fetched without a model.
        _ = await DoneAsync("resume", id, "--data", "jobs", "-o", "fetched.mp4");
        Assert.Equal(await File.ReadAllBytesAsync(folder.At("whole.mp4")), await File.ReadAllBytesAsync(folder.At("fetched.mp4")));
    }

    [Fact]
    public async Task Resume_WithSeveralModelsOfTheJobsName_TakesTheOneThatTheJobWasBegunWith()
    {
        string[] render = ["render", "picture.png", "--prompt", "a thing", "--model", "tiny", "--seed", "11", "--steps", "60"];
        _ = await DoneAsync([.. render, "-o", "whole.mp4"]);
        await KilledRender.RunAsync(folder, [.. render, "-o", "lost.mp4", "--data", "jobs"], "jobs", counted: true);
        string id = JsonDocument.Parse(await DoneAsync("jobs", "--json", "--data", "jobs")).RootElement[0].GetProperty("id").GetString()!;
        foreach (string name in new[] { "models/another", "models/younger" })
            ModelFolder.CreateRandom(folder.At(name), TinyModel.Manifest, seed: 2);

        _ = await DoneAsync("resume", id, "--data", "jobs", "-o", "resumed.mp4");

        Assert.Equal(await File.ReadAllBytesAsync(folder.At("whole.mp4")), await File.ReadAllBytesAsync(folder.At("resumed.mp4")));
    }

    [Fact]
    public async Task Watch_OfAJobThatNobodyCanDo_SaysWhyItWaits()
    {
        await KilledRender.RunAsync(
            folder, ["render", "picture.png", "--prompt", "a thing", "--model", "tiny", "--steps", "60", "--data", "jobs"], "jobs");
        string id = JsonDocument.Parse(await DoneAsync("jobs", "--json", "--data", "jobs")).RootElement[0].GetProperty("id").GetString()!;
        using Process watch = CilProgram.Start(folder.Path, "watch", id, "--data", "jobs");
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var said = new List<string>();
        try
        {
            while (await watch.StandardError.ReadLineAsync(timeout.Token) is { } line)
            {
                said.Add(line);
                if (line == "No worker is there.") break;
            }
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync();
        }

        Assert.Contains("No worker is there.", said);
    }

    [Theory]
    [InlineData("ID: there is no job nobody", "retry", "nobody", "--data", "jobs")]
    [InlineData("ID: expected a job's id", "retry", "a/b", "--data", "jobs")]
    [InlineData("--data: there is no folder nowhere", "jobs", "--data", "nowhere")]
    [InlineData("--url: expected http://HOST:PORT, got 'x'", "jobs", "--url", "x")]
    [InlineData("--url: give either --data or --url", "jobs", "--url", "http://127.0.0.1:1", "--data", "jobs")]
    [InlineData("ID: give one of a job's id, --tenant, --model or --queue to pause", "pause", "--data", "jobs")]
    public async Task Command_WithWhatCannotBe_SaysWhat(string message, params string[] arguments)
    {
        _ = Directory.CreateDirectory(folder.At("jobs"));

        Assert.Contains(message, await RefusedAsync(arguments), StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, arguments);
        Assert.True(outcome.ExitCode == 2, $"exit code {outcome.ExitCode}: {outcome.Errors}");
        return outcome.Errors;
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
