using Cil.Diffusion.AnalyticInit;

namespace Cil.Cli.Tests.Statistics;

public sealed class StatsTests(ClipFolder folder) : IClassFixture<ClipFolder>
{
    [Fact]
    public async Task Build_OfADataSet_GivesAFileThatRenderTakes()
    {
        CilProgram.Outcome built = await CilProgram.RunAsync(
            folder.Path, "stats", "build", "data", "-o", "all.safetensors", "--model", folder.Model);
        CilProgram.Outcome shown = await CilProgram.RunAsync(folder.Path, "stats", "show", "all.safetensors", "--model", folder.Model);

        Assert.True(built.ExitCode == 0, built.Errors);
        Assert.Contains("5 clips, latents (C, T, h, w) = (4, 4, 8, 8)", shown.Output, StringComparison.Ordinal);
        LatentStatistics statistics = LatentStatistics.Read(folder.At("all.safetensors"), 4);
        statistics.Require([4, 4, 8, 8], "all");
        Assert.True(statistics.Variance > 0);
    }

    [Fact]
    public async Task Build_BrokenOff_GoesOnWithTheShardsItHasAndGivesTheSameBytes()
    {
        string[] command = ["stats", "build", "data", "--model", folder.Model, "--shard", "2"];
        Assert.Equal(0, (await CilProgram.RunAsync(folder.Path, [.. command, "-o", "whole.safetensors"])).ExitCode);

        // The last clip is gone for a while: two shards are measured, the third fails.
        File.Move(folder.At("data/4.mp4"), folder.At("away.mp4"));
        await File.WriteAllTextAsync(folder.At("data/4.mp4"), "no video");
        CilProgram.Outcome broken = await CilProgram.RunAsync(folder.Path, [.. command, "-o", "parts.safetensors"]);
        int kept =
            Directory.GetFiles(folder.At("parts.safetensors.shards/statistics"), "*.safetensors", SearchOption.AllDirectories).Length;
        File.Move(folder.At("away.mp4"), folder.At("data/4.mp4"), overwrite: true);
        CilProgram.Outcome resumed = await CilProgram.RunAsync(folder.Path, [.. command, "-o", "parts.safetensors"]);

        Assert.Equal(2, broken.ExitCode);
        Assert.Contains("4.mp4", broken.Errors, StringComparison.Ordinal);
        Assert.Equal(2, kept);
        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder.At("whole.safetensors")), await File.ReadAllBytesAsync(folder.At("parts.safetensors")));
        Assert.False(Directory.Exists(folder.At("parts.safetensors.shards")));
    }

    [Fact]
    public async Task Build_OnSeveralDevices_GivesTheSameBytes()
    {
        string[] command = ["stats", "build", "data", "--model", folder.Model, "--shard", "1"];
        Assert.Equal(0, (await CilProgram.RunAsync(folder.Path, [.. command, "-o", "one.safetensors"])).ExitCode);
        Assert.Equal(0, (await CilProgram.RunAsync(folder.Path, [.. command, "-o", "three.safetensors", "--devices", "3"])).ExitCode);

        Assert.Equal(
            await File.ReadAllBytesAsync(folder.At("one.safetensors")), await File.ReadAllBytesAsync(folder.At("three.safetensors")));
    }

    [Fact]
    public async Task Build_WithARank_GivesTheSameBytesOnSeveralDevices_AndShowSaysWhatItIsWorth()
    {
        string[] command = ["stats", "build", "data", "--model", folder.Model, "--shard", "2", "--rank", "2"];
        Assert.Equal(0, (await CilProgram.RunAsync(folder.Path, [.. command, "-o", "ranked.safetensors"])).ExitCode);
        Assert.Equal(0, (await CilProgram.RunAsync(folder.Path, [.. command, "-o", "ranks.safetensors", "--devices", "2"])).ExitCode);
        CilProgram.Outcome shown = await CilProgram.RunAsync(
            folder.Path, "stats", "show", "ranked.safetensors", "--model", folder.Model, "--start", "500");

        Assert.Contains("along 2 directions from ", shown.Output, StringComparison.Ordinal);
        Assert.Matches("at M = 500: .* nearer than N\\(0, 1\\); the directions bring it [0-9.E-]+ nearer", shown.Output);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder.At("ranked.safetensors")), await File.ReadAllBytesAsync(folder.At("ranks.safetensors")));
    }

    [Theory]
    [InlineData("--rank: 200 takes a data set of 201 to 1024 clips; data has 5", "data", "-o", "x.safetensors", "--rank", "200")]
    [InlineData("no data set", "nowhere", "-o", "x.safetensors")]
    [InlineData("--size: width and height must be multiples of 8", "data", "-o", "x.safetensors", "--size", "30x30")]
    [InlineData("--frames: tiny makes 1 to 4 frames, got 9", "data", "-o", "x.safetensors", "--frames", "9")]
    [InlineData("--output: there is no folder", "data", "-o", "nowhere/x.safetensors")]
    public async Task Build_OfABadInput_SaysSoAndLeavesNothing(string message, params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, ["stats", "build", .. arguments, "--model", folder.Model]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(folder.Path), file => file.Contains("x.safetensors", StringComparison.Ordinal));
    }
}
