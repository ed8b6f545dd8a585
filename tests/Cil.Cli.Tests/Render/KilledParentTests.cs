using System.Diagnostics;
using System.Globalization;

namespace Cil.Cli.Tests.Render;

/// <summary>What a program has started to read a file ends when the program is killed.</summary>
public sealed class KilledParentTests : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);

    private readonly RenderFolder folder = new();

    [Fact]
    public async Task Ffmpeg_OfAProgramThatIsKilled_EndsWithIt()
    {
        // In the place of a file that takes ffmpeg long.
        string tools = Directory.CreateDirectory(folder.At("tools")).FullName, ffmpeg = Path.Combine(tools, "ffmpeg");
        string number = folder.At("number");
        await File.WriteAllTextAsync(ffmpeg, $"#!/bin/sh\necho $$ >{number}.new\nmv {number}.new {number}\nexec sleep 600\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllBytesAsync(folder.At("picture.ppm"), [.. "P6\n4 4\n255\n"u8, .. new byte[48]]);
        using var limit = new CancellationTokenSource(TimeLimit);
        using Process program = CilProgram.Start(
            folder.Path, ["render", "picture.ppm", "--prompt", "a thing", "--model", folder.Model, "-o", "video.mp4"],
            ("PATH", $"{tools}:{Environment.GetEnvironmentVariable("PATH")}"));
        while (!File.Exists(number) && !program.HasExited) await Task.Delay(20, limit.Token);
        Assert.False(program.HasExited, program.HasExited ? await program.StandardError.ReadToEndAsync(limit.Token) : "");
        using Process child = Process.GetProcessById(
            int.Parse(await File.ReadAllTextAsync(number, limit.Token), CultureInfo.InvariantCulture));

        program.Kill();

        await child.WaitForExitAsync(limit.Token);
    }

    public void Dispose() => folder.Dispose();
}
