using System.Diagnostics;
using Cil.Diffusion.AnalyticInit;
using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Cli.Tests.Render;

/// <summary>Each mistake a user can make: what is said, exit code 2, and no file left behind.</summary>
public sealed class BadInputTests : IClassFixture<RenderFolder>
{
    private readonly RenderFolder folder;

    public BadInputTests(RenderFolder folder) => this.folder = folder;

    [Theory]
    [InlineData("--frames: tiny makes 1 to 1024 frames, 4 of them at once; got 0", "--frames", "0")]
    [InlineData("--frames: tiny makes 1 to 1024 frames, 4 of them at once; got 10000", "--frames", "10000")]
    [InlineData("--join: expected continue or overlap, got 'glue'", "--join", "glue")]
    [InlineData(
        "--overlap: 1 to 3 frames, of the 4 that tiny makes at once; got 4", "--frames", "9", "--join", "overlap", "--overlap", "4")]
    [InlineData("--frames: expected a whole number, got 'many'", "--frames", "many")]
    [InlineData("--size: width and height must be multiples of 8", "--size", "33x32")]
    [InlineData("--size: expected WIDTHxHEIGHT in pixels, such as 64x64, got 'big'", "--size", "big")]
    [InlineData("--start: M must be 1 to 1000, got 0", "--start", "0")]
    [InlineData("--start: M must be 1 to 1000, got 1001", "--start", "1001")]
    [InlineData("--steps: 1 to M = 10, got 20", "--start", "10", "--steps", "20")]
    [InlineData("--guidance: 0 to 100, got -1", "--guidance", "-1")]
    [InlineData("--start: auto goes by leakage and statistics, which tiny does not have", "--start", "auto")]
    [InlineData("--start: expected a whole number or auto, got 'early'", "--start", "early")]
    [InlineData("--motion: above 0 to 1, got 2", "--motion", "2")]
    [InlineData("--motion-share: has no effect without motion; give that too", "--motion-share", "0.5")]
    [InlineData("--seed: expected a whole number from 0", "--seed", "-5")]
    [InlineData("--devices: expected a whole number from 1 to 64, got '0'", "--devices", "0")]
    [InlineData("--fps: 1 to 120, got 0", "--fps", "0")]
    [InlineData("--precision: expected float32 or bfloat16, got 'int4'", "--precision", "int4")]
    [InlineData("--output: expected a file that ends in .mp4, .webp or .gif, got 'out.avi'", "-o", "out.avi")]
    [InlineData("--output: there is no folder", "-o", "nowhere/out.mp4")]
    [InlineData("--output: cannot write there", "-o", "/proc/out.mp4")]
    [InlineData("--model: expected a model's name or folder, got 'unknown'", "--model", "unknown")]
    [InlineData("--analytic-init: expected auto, off or a statistics file, got 'perhaps'", "--analytic-init", "perhaps")]
    [InlineData("--preset: expected one of dynamicrafter, dynamicrafter-analytic-init,", "--preset", "sora")]
    [InlineData(
        "--model: svd-cil is for svd models with timenoise weights, tiny is of dynamicrafter with plain weights", "--preset", "svd-cil")]
    [InlineData(
        "--analytic-init: dynamicrafter-analytic-init needs statistics for 4 frames of 32x32", "--preset", "dynamicrafter-analytic-init")]
    [InlineData("--target-motion: expected a number, got 'NaN'", "--target-motion", "NaN")]
    [InlineData("--target-motion: expected a number, got 'fast'", "--target-motion", "fast")]
    [InlineData("--target-motion: above 0 pixels a frame, got 0", "--target-motion", "0")]
    [InlineData("--target-motion: above 0 pixels a frame, got -1.5", "--target-motion", "-1.5")]
    [InlineData(
        "--target-tolerance: a part of the target, above 0 and below 1, got 10", "--target-motion", "1", "--target-tolerance", "10")]
    [InlineData("--tries: 2 to 64, got 1", "--target-motion", "1", "--tries", "1")]
    [InlineData("--tries: has no effect without --target-motion; give that too", "--tries", "3")]
    [InlineData("--target-control: has no effect without --target-motion; give that too", "--target-control", "start")]
    [InlineData(
        "--target-control: expected start, fps-condition or motion-bucket, got 'speed'",
        "--target-motion", "1", "--target-control", "speed")]
    [InlineData(
        "--target-control: tiny is told no motion-bucket; its default is fps-condition",
        "--target-motion", "1", "--target-control", "motion-bucket")]
    [InlineData("--fps-condition: is what --target-motion searches; leave out", "--target-motion", "1", "--fps-condition", "8")]
    [InlineData(
        "--start: is what --target-motion searches; leave out", "--target-motion", "1", "--target-control", "start", "--start", "auto")]
    [InlineData(
        "--target-control: there is no M below 1000 to search", "--target-motion", "1", "--target-control", "start", "--steps", "1000")]
    [InlineData("--target-motion: is searched for one video; leave out --count", "--target-motion", "1", "--count", "2")]
    [InlineData("--target-motion: is searched for one video; leave out --seeds", "--target-motion", "1", "--seeds", "1,2")]
    [InlineData(
        "--target-motion: is measured of whole videos, which --approval makes later",
        "--target-motion", "1", "--approval", "--data", "jobs")]
    [InlineData("--target-motion: a video of one frame does not move", "--target-motion", "1", "--frames", "1")]
    [InlineData(
        "--target-motion: goes by the controls that model.json says, and elsewhere, which http://127.0.0.1:1 is asked for, is not on this",
        "--target-motion", "1", "--url", "http://127.0.0.1:1", "--model", "elsewhere")]
    [InlineData("--wrong", "--wrong")]
    public async Task Render_WithABadOption_NamesItAndLeavesNothing(string message, params string[] options)
    {
        string[] model = options.Contains("--model") ? [] : ["--model", folder.Model];
        await RefusedAsync(message, ["picture.png", "--prompt", "x", .. model, .. options]);
    }

    [Theory]
    [InlineData("same.gif", "same.gif would overwrite the input;")]
    [InlineData("symbolic.gif", "symbolic.gif would overwrite the input same.gif: they are the same file;")]
    [InlineData("hard.gif", "hard.gif would overwrite the input same.gif: they are the same file;")]
    public async Task Render_OntoItsInput_IsRefused(string output, string message)
    {
        File.Copy(folder.At("picture.png"), folder.At("same.gif"));
        if (output == "symbolic.gif") _ = File.CreateSymbolicLink(folder.At(output), "same.gif");
        if (output == "hard.gif") await ShellAsync("ln same.gif hard.gif");

        await RefusedAsync(
            $"--output: {message} name another file with --output", ["same.gif", "--prompt", "x", "--model", folder.Model, "-o", output]);

        File.Delete(folder.At("same.gif"));
        File.Delete(folder.At(output));
    }

    [Fact]
    public async Task Render_OntoItsInputByTheDefaultName_IsRefused()
    {
        File.Copy(folder.At("picture.png"), folder.At("clip.mp4"));

        await RefusedAsync("--output: clip.mp4 would overwrite the input", ["clip.mp4", "--prompt", "x", "--model", folder.Model]);

        File.Delete(folder.At("clip.mp4"));
    }

    [Fact]
    public async Task Render_WithAPromptOrFileThatBeginsWithAt_TakesItAsItIs()
    {
        await File.WriteAllTextAsync(folder.At("alice"), "--output evil.mp4");

        await RefusedAsync("--frames: tiny makes", ["picture.png", "--prompt", "@alice waves", "--model", folder.Model, "--frames", "0"]);
        await RefusedAsync("--frames: tiny makes", ["picture.png", "--prompt", "@alice", "--model", folder.Model, "--frames", "0"]);
        await RefusedAsync("IMAGE: there is no file @nothing.png", ["@nothing.png", "--prompt", "x", "--model", folder.Model]);

        File.Delete(folder.At("alice"));
    }

    [Fact]
    public async Task Render_ToANameThatIsTooLong_IsRefusedBeforeTheWork() => await RefusedAsync(
        "--output: the name is too long:", ["picture.png", "--prompt", "x", "--model", folder.Model, "-o", $"{new string('n', 252)}.mp4"]);

    [Theory]
    [InlineData("render nothing.png --prompt x 2>/dev/full", 2, "")]
    [InlineData("models --help >/dev/full", 1, "cil: standard output cannot be written to: ")]
    public async Task Program_WhoseStreamsCannotBeWritten_EndsWithItsOwnExitCode(string arguments, int code, string message)
    {
        CilProgram.Outcome outcome = await ShellAsync($"dotnet '{Path.Combine(AppContext.BaseDirectory, "cil.dll")}' {arguments}");

        Assert.Equal(code, outcome.ExitCode);
        Assert.StartsWith(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_WithWhatWouldSteerATerminal_SpellsItOut() => await RefusedAsync(
        @"IMAGE: there is no file a\u001b]0;title\u0007.png", ["a\u001b]0;title\u0007.png", "--prompt", "x", "--model", folder.Model]);

    [Fact]
    public async Task Render_WithoutAPrompt_SaysSo() => await RefusedAsync("--prompt", ["picture.png", "--model", folder.Model]);

    [Fact]
    public async Task Render_OfNoImage_SaysSo()
    {
        await File.WriteAllTextAsync(folder.At("words.txt"), "not a picture");
        await RefusedAsync(
            "IMAGE: words.txt: expected a picture (PNG, JPEG, ", ["words.txt", "--prompt", "x", "--model", folder.Model], "got text");
        await RefusedAsync(
            "IMAGE: /dev/zero: expected a picture (", ["/dev/zero", "--prompt", "x", "--model", folder.Model],
            "got a file that begins with the bytes 00000000");
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", folder.At("pipe.png")))
            await made.WaitForExitAsync();
        await RefusedAsync(
            "IMAGE: pipe.png: expected a picture, got a named pipe (FIFO)", ["pipe.png", "--prompt", "x", "--model", folder.Model]);
        await RefusedAsync(
            "--analytic-init: expected auto, off or a statistics file, got 'pipe.png'",
            ["picture.png", "--prompt", "x", "--model", folder.Model, "--analytic-init", "pipe.png"]);
        File.Delete(folder.At("pipe.png"));
        await RefusedAsync("IMAGE: there is no file nothing.png", ["nothing.png", "--prompt", "x", "--model", folder.Model]);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("gif")]
    [InlineData("bmp")]
    [InlineData("tiff")]
    public async Task Render_OfATruncatedImage_SaysSo(string format)
    {
        byte[] whole = await PictureAsync(format);
        await File.WriteAllBytesAsync(folder.At("truncated"), whole[..(whole.Length / 2)]);
        await RefusedAsync("IMAGE: truncated: a damaged ", ["truncated", "--prompt", "x", "--model", folder.Model]);
        File.Delete(folder.At("truncated"));
    }

    [Fact]
    public async Task Render_OfAHugeImage_IsRefusedByItsHeader()
    {
        // A header that says 30,000 x 30,000 is enough: nothing of it is decoded.
        byte[] huge = PngWriter.Write(new byte[3], 1, 1);
        (huge[18], huge[19], huge[22], huge[23]) = (0x75, 0x30, 0x75, 0x30);
        await File.WriteAllBytesAsync(folder.At("huge.png"), huge);
        await RefusedAsync(
            "IMAGE: huge.png: at most 100000000 pixels, got 30000x30000", ["huge.png", "--prompt", "x", "--model", folder.Model]);
    }

    [Fact]
    public async Task Render_WithStatisticsOfAnotherShape_NamesBothShapes()
    {
        new LatentStatistics(new float[4 * 4 * 4 * 4], [4, 4, 4, 4], 1, 10).Save(folder.At("statistics.safetensors"));
        await RefusedAsync(
            "--analytic-init:", ["picture.png", "--prompt", "x", "--model", folder.Model, "--analytic-init", "statistics.safetensors"],
            "(4, 4, 8, 8)", "(4, 4, 4, 4)");
    }

    [Fact]
    public async Task Render_WithADamagedModel_ListsWhatIsWrong()
    {
        string model = folder.At("damaged");
        Directory.CreateDirectory(model);
        foreach (string file in Directory.GetFiles(folder.Model))
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)), overwrite: true);
        string weights = Path.Combine(model, "weights.safetensors");
        byte[] content = await File.ReadAllBytesAsync(weights);

        await File.WriteAllBytesAsync(weights, content[..(content.Length / 2)]);
        await RefusedAsync("--model:", ["picture.png", "--prompt", "x", "--model", "damaged"], "weights.safetensors");

        // The header's length says more than the file has.
        byte[] lies = [.. content];
        lies[6] = 0x7F;
        await File.WriteAllBytesAsync(weights, lies);
        await RefusedAsync("--model:", ["picture.png", "--prompt", "x", "--model", "damaged"], "weights.safetensors");

        await File.WriteAllTextAsync(Path.Combine(model, "model.json"), "{}");
        await RefusedAsync("--model:", ["picture.png", "--prompt", "x", "--model", "damaged"], "model.json: family: known: dynamicrafter");
        File.Copy(Path.Combine(folder.Model, "model.json"), Path.Combine(model, "model.json"), overwrite: true);

        string header = System.Text.Encoding.UTF8.GetString(content, 8, (int)BitConverter.ToInt64(content));
        string renamed = header.Replace("time_embed.0.bias", "time_embed.0.bios", StringComparison.Ordinal);
        await File.WriteAllBytesAsync(
            weights, [.. content[..8], .. System.Text.Encoding.UTF8.GetBytes(renamed), .. content[(8 + header.Length)..]]);
        await RefusedAsync("--model:", ["picture.png", "--prompt", "x", "--model", "damaged"], "time_embed.0.bias", "time_embed.0.bios");
    }

    private static Task<byte[]> PictureAsync(string format) => Ffmpeg.RunAsync(
        "ffmpeg",
        [
            "-v", "error", "-f", "lavfi", "-i", "mandelbrot=size=128x96", "-frames:v",
            "1", "-c:v", format == "jpg" ? "mjpeg" : format, "-f", "image2pipe", "-",
        ],
        default,
        1 << 20,
        default);

    private async Task<CilProgram.Outcome> ShellAsync(string line)
    {
        var start = new ProcessStartInfo("sh", ["-c", line])
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process shell = Process.Start(start)!;
        return await CilProgram.EndAsync(shell);
    }

    private async Task RefusedAsync(string message, string[] arguments, params string[] also)
    {
        IReadOnlyList<string> before = folder.Files();

        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, ["render", .. arguments]);

        Assert.True(outcome.ExitCode == 2, $"exit code {outcome.ExitCode}: {outcome.Errors}");
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.All(also, part => Assert.Contains(part, outcome.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, folder.Files());
    }
}
