using System.Diagnostics;
using Cil.Media.Clips;
using Cil.Media.Processes;

namespace Cil.Cli.Tests.Render;

/// <summary>The main job through the program, as its users run it.</summary>
public sealed class RenderTests : IClassFixture<RenderFolder>
{
    private readonly RenderFolder folder;

    public RenderTests(RenderFolder folder) => this.folder = folder;

    [Theory]
    [InlineData("mp4")]
    [InlineData("webp")]
    [InlineData("gif")]
    public async Task Render_OfAPicture_LeavesAVideoThatFfmpegReads(string container)
    {
        string name = $"video-{container}.{container}";

        CilProgram.Outcome outcome = await RenderAsync("-o", name, "--seed", "3");

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        Assert.StartsWith($"{name}: {container}, 4 frames, 32x32, ", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith("seed 3\n", outcome.Output, StringComparison.Ordinal);
        if (container != "webp") // ffmpeg 5 writes animated WebP and cannot read it
            Assert.Equal(4 * 32 * 32 * 3, (await ClipDecoder.DecodeAsync(folder.At(name), 32, 32, 4)).Length);
        else
            Assert.Equal("WEBP", System.Text.Encoding.ASCII.GetString(await File.ReadAllBytesAsync(folder.At(name)), 8, 4));
        File.Delete(folder.At(name));
    }

    [Fact]
    public async Task Render_OfSeveralSeeds_WritesAVideoOfEach()
    {
        CilProgram.Outcome one = await RenderAsync("-o", "alone.mp4", "--seed", "4"),
        several = await RenderAsync("-o", "several.mp4", "--seeds", "3,4");

        Assert.True(several.ExitCode == 0, several.Errors);
        Assert.Equal(0, one.ExitCode);
        Assert.Contains("several-1.mp4: mp4, 4 frames, 32x32, ", several.Output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(folder.At("alone.mp4")), await File.ReadAllBytesAsync(folder.At("several-2.mp4")));
        CilProgram.Outcome wrong = await RenderAsync("-o", "wrong.mp4", "--seeds", "3,x");
        Assert.Equal(
            (2, "cil: --seeds: expected whole numbers with ',' between, such as 1,2,3; got '3,x'"), (wrong.ExitCode, wrong.Errors.Trim()));
    }

    // TIFF's resolution is a tag that ffmpeg does not know, which is no damage; Targa begins with nothing that tells it.
    [Theory]
    [InlineData("tiff")]
    [InlineData("targa")]
    public async Task Render_OfAnyFormat_TakesIt(string codec)
    {
        byte[] picture = await Ffmpeg.RunAsync(
            "ffmpeg", ["-v", "error", "-i", folder.At("picture.png"), "-c:v", codec, "-f", "image2pipe", "-"], default, 1 << 20, default);
        await File.WriteAllBytesAsync(folder.At(codec), picture);

        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, ["render", codec, .. Arguments[2..], "-o", $"{codec}.mp4"]);

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
    }

    [Fact]
    public async Task Render_WithTheSameSeed_GivesTheSameBytesOnAnyNumberOfDevices()
    {
        foreach ((string name, string devices) in new[] { ("one.mp4", "1"), ("two.mp4", "2"), ("four.mp4", "4") })
        {
            CilProgram.Outcome outcome = await RenderAsync("-o", name, "--seed", "7", "--steps", "6", "--devices", devices);
            Assert.True(outcome.ExitCode == 0, outcome.Errors);
        }

        byte[] one = await File.ReadAllBytesAsync(folder.At("one.mp4"));
        Assert.Equal(one, await File.ReadAllBytesAsync(folder.At("two.mp4")));
        Assert.Equal(one, await File.ReadAllBytesAsync(folder.At("four.mp4")));
    }

    [Fact]
    public async Task Render_ToTheLongestName_WritesIt()
    {
        string name = $"{new string('n', 251)}.mp4";

        CilProgram.Outcome outcome = await RenderAsync("-o", name, "--seed", "3", "--steps", "1");

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        File.Delete(folder.At(name));
    }

    [Fact]
    public async Task Render_WhenItsTerminalIsClosed_LeavesNothing()
    {
        string temporary = Directory.CreateDirectory(folder.At("temporary")).FullName;
        // A program that another test killed may have left one.
        string[] before = [.. folder.Files()];
        using Process program = CilProgram.Start(folder.Path, [.. Arguments, "-o", "hung.mp4", "--steps", "1000"], ("TMPDIR", temporary));
        Assert.NotNull(await program.StandardError.ReadLineAsync());

        using (Process kill = Process.Start("kill", ["-HUP", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        CilProgram.Outcome outcome = await CilProgram.EndAsync(program);

        Assert.Equal(129, outcome.ExitCode);
        Assert.DoesNotContain(
            folder.Files().Except(before), file => file.Contains("hung", StringComparison.Ordinal) || file.StartsWith('.'));
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(temporary), entry => Path.GetFileName(entry).StartsWith("cil-", StringComparison.Ordinal));
        Directory.Delete(temporary, recursive: true);
    }

    [Fact]
    public async Task Render_OnCtrlC_ExitsWith130AndLeavesNothing()
    {
        using Process program = CilProgram.Start(folder.Path, [.. Arguments, "-o", "cancelled.mp4", "--steps", "1000"]);
        // The first line says that the grid is up and the job is on its way.
        Assert.NotNull(await program.StandardError.ReadLineAsync());

        using (Process kill = Process.Start("kill", ["-INT", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        CilProgram.Outcome outcome = await CilProgram.EndAsync(program);

        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("cancelled", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Files(), file => file.Contains("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Render_KilledInTheMiddle_GoesOnFromItsLastChunkAndEndsInTheSameBytes()
    {
        string[] options = ["--seed", "11", "--steps", "60"];
        CilProgram.Outcome whole = await RenderAsync([.. options, "-o", "whole.mp4"]);
        await KilledRender.RunAsync(folder, [.. Arguments, .. options, "-o", "resumed.mp4", "--data", "jobs"], "jobs");

        CilProgram.Outcome resumed = await RenderAsync([.. options, "-o", "resumed.mp4", "--data", "jobs"]);

        Assert.True(whole.ExitCode == 0 && resumed.ExitCode == 0, whole.Errors + resumed.Errors);
        Assert.Equal(await File.ReadAllBytesAsync(folder.At("whole.mp4")), await File.ReadAllBytesAsync(folder.At("resumed.mp4")));
    }

    private string[] Arguments => ["render", "picture.png", "--prompt", "a thing moving", "--model", folder.Model];

    private Task<CilProgram.Outcome> RenderAsync(params string[] more) => CilProgram.RunAsync(folder.Path, [.. Arguments, .. more]);
}
