using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Media.Clips;
using Cil.Media.Motion;
using Cil.Media.Processes;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval motion`: how much videos move, and how much they flicker.</summary>
internal static class MotionCommand
{
    internal static Command Build()
    {
        var videos = new Argument<string[]>("VIDEO") { Description = "one or more videos", Arity = ArgumentArity.OneOrMore };
        Option<int?> frames = Values.Whole("--frames", "frames to measure, from the first on (default: all, up to 1024)");
        var command = new Command("motion", "Measures the motion of videos: mean length of their optical flow, and the flicker that is left when it is taken out.") { videos, frames };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (string path in parsed.GetRequiredValue(videos)) await MeasureAsync(path, parsed.GetValue(frames), cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task MeasureAsync(string path, int? frames, CancellationToken cancellationToken)
    {
        const int MostFrames = 1024;
        if (!File.Exists(path)) throw new BadInputException("VIDEO", $"there is no file {path}");
        try
        {
            ClipLength length = await ClipDecoder.MeasureAsync(path, cancellationToken);
            int count = Math.Min(frames ?? MostFrames, length.Frames);
            byte[] rgb = await ClipDecoder.DecodeAsync(path, length.Width, length.Height, count, cancellationToken: cancellationToken);
            MotionMeter meter = MotionMeter.Measure(rgb, length.Width, length.Height);
            Console.WriteLine(meter.Pairs == 0
                ? $"{path}: nothing to measure: {count} frames of {length.Width}x{length.Height}; two of at least 16 pixels are needed"
                : string.Create(CultureInfo.InvariantCulture, $"{path}: motion {meter.Flow:F2} pixels a frame, flicker {meter.Flicker:F2} of 255, {count} frames of {length.Width}x{length.Height}"));
        }
        catch (MediaException error)
        {
            throw new BadInputException("VIDEO", error.Message);
        }
    }
}
