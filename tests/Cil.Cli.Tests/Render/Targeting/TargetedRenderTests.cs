using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cil.Cli.Tests.Render.Targeting;

/// <summary>`cil render --target-motion` as its users run it. Of random weights no motion is known beforehand.</summary>
public sealed partial class TargetedRenderTests(RenderFolder folder) : IClassFixture<RenderFolder>
{
    [Fact]
    public async Task Render_OfTheMotionThatTheModelHas_IsTheSameVideoAfterOneTry()
    {
        CilProgram.Outcome plain = await RenderAsync("-o", "plain.mp4");
        Assert.True(plain.ExitCode == 0, plain.Errors);
        string motion = Motion().Match(plain.Output).Groups[1].Value;

        CilProgram.Outcome targeted = await RenderAsync("-o", "targeted.mp4", "--target-motion", motion);

        Assert.True(targeted.ExitCode == 0, targeted.Errors);
        Assert.Contains($", motion {motion} pixels a frame, ", targeted.Output, StringComparison.Ordinal);
        Assert.EndsWith($"seed 3, fps-condition 24, target {motion} met, tries 1\n", targeted.Output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(folder.At("plain.mp4")), await File.ReadAllBytesAsync(folder.At("targeted.mp4")));
    }

    [Fact]
    public async Task Render_OfAMotionOutOfReach_WritesTheNearestOfItsTriesAndWarns()
    {
        CilProgram.Outcome outcome = await RenderAsync("-o", "nearest.mp4", "--target-motion", "1000", "--target-control", "start");

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        Match result = Result().Match(outcome.Output);
        Assert.True(result.Success, outcome.Output);
        Assert.Contains("try 2 of at most 6, start ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("warning: --target-motion 1000 is not met: nearest.mp4 has ", outcome.Errors, StringComparison.Ordinal);
        double[] motions = [.. Told().Matches(outcome.Errors).Select(
            match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2, motions.Length);
        Assert.Equal(motions.Max(), double.Parse(Motion().Match(outcome.Output).Groups[1].Value, CultureInfo.InvariantCulture));
        CilProgram.Outcome alone = await RenderAsync("-o", "alone.mp4", "--start", result.Groups[1].Value);
        Assert.True(alone.ExitCode == 0, alone.Errors);
        Assert.Equal(await File.ReadAllBytesAsync(folder.At("alone.mp4")), await File.ReadAllBytesAsync(folder.At("nearest.mp4")));
    }

    [Fact]
    public async Task Render_KilledInItsSecondTry_GoesOnWithoutTheFirst()
    {
        string[] search = ["-o", "killed.mp4", "--target-motion", "1000", "--target-control", "start", "--data", "jobs", "--steps", "20"];
        using (Process program = CilProgram.Start(folder.Path, [.. Arguments, .. search]))
        {
            while (await program.StandardError.ReadLineAsync() is { } line && !line.StartsWith("try 2 ", StringComparison.Ordinal)) { }
            Assert.False(program.HasExited);
            program.Kill();
            await program.WaitForExitAsync();
        }

        CilProgram.Outcome resumed = await RenderAsync(search), jobs = await CilProgram.RunAsync(folder.Path, "jobs", "--data", "jobs");

        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Assert.DoesNotContain("try 1 ", resumed.Errors, StringComparison.Ordinal);
        Assert.Contains("target 1000 not met, tries 2", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(2, JobOfASearch().Count(jobs.Output));
    }

    [GeneratedRegex(@", motion ([0-9.]+) pixels a frame")]
    private static partial Regex Motion();

    [GeneratedRegex("start ([0-9]+), target 1000 not met, tries 2")]
    private static partial Regex Result();

    [GeneratedRegex("(?m)^start [0-9]+: motion ([0-9.]+) pixels a frame$")]
    private static partial Regex Told();

    [GeneratedRegex("(?m)^[0-9a-f]{16}-try-[12] ")]
    private static partial Regex JobOfASearch();

    private string[] Arguments => ["render", "picture.png", "--prompt", "a thing moving", "--model", folder.Model, "--seed", "3"];

    private Task<CilProgram.Outcome> RenderAsync(params string[] more) => CilProgram.RunAsync(folder.Path, [.. Arguments, .. more]);
}
