using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Evaluation.Motion;
using Cil.Evaluation.Networks.Raft;
using Cil.Media.Clips;
using Cil.Media.Motion;
using Cil.Media.Processes;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval motion`: how much videos move, and how much they flicker; with RAFT's weights the paper's Motion Score.</summary>
internal static class MotionCommand
{
    internal static Command Build()
    {
        var videos = new Argument<string[]>("VIDEO") { Description = "one or more videos", Arity = ArgumentArity.OneOrMore };
        Option<int?> frames = Values.Whole("--frames", "frames to measure, from the first on (default: all, up to 1024)");
        var raft = new NetworkOption<RaftNetwork>(
            "--raft", "RAFT's published weights (raft-things.pth): the paper's Motion Score in the place of motion and flicker",
            (files, device) => RaftNetwork.Open(files[0], device));
        var device = new DeviceOption("where RAFT computes");
        var command = new Command(
            "motion",
            "Measures the motion of videos: mean length of their optical flow, and the flicker that is left when it is taken out.")
        {
            videos, frames, device.Option,
        };
        raft.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Device? on = raft.IsGiven(parsed) ? device.Read(parsed) : null;
            using RaftNetwork? network = on is null ? null : raft.Open(parsed, on);
            foreach (string path in parsed.GetRequiredValue(videos))
            {
                try
                {
                    (byte[] rgb, int count, ClipLength length) = await DecodeAsync(path, parsed.GetValue(frames), cancellationToken);
                    Console.WriteLine($"{path}: {(network is null
                        ? Motion(rgb, count, length)
                        : Score(network, on!, rgb, count, length, cancellationToken))}");
                }
                catch (MediaException error)
                {
                    throw new BadInputException("VIDEO", error.Message);
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<(byte[] Rgb, int Frames, ClipLength Length)> DecodeAsync(
        string path, int? frames, CancellationToken cancellationToken)
    {
        const int MostFrames = 1024;
        if (!File.Exists(path)) throw new BadInputException("VIDEO", $"there is no file {path}");
        ClipLength length = await ClipDecoder.MeasureAsync(path, cancellationToken);
        int count = Math.Min(frames ?? MostFrames, length.Frames);
        byte[] rgb = await ClipDecoder.DecodeAsync(path, length.Width, length.Height, count, cancellationToken: cancellationToken);
        return (rgb, count, length);
    }

    private static string Motion(byte[] rgb, int frames, ClipLength length)
    {
        MotionMeter meter = MotionMeter.Measure(rgb, length.Width, length.Height);
        return meter.Pairs == 0
            ? $"nothing to measure: {frames} frames of {length.Width}x{length.Height}; two of at least 16 pixels are needed"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"motion {meter.Flow:F2} pixels a frame, flicker {meter.Flicker:F2} of 255, {frames} frames of "
                    + $"{length.Width}x{length.Height}");
    }

    private static string Score(
        RaftNetwork network, Device device, byte[] rgb, int frames, ClipLength length, CancellationToken cancellationToken)
    {
        if (frames < 2 || Math.Min(length.Width, length.Height) < RaftNetwork.SmallestSide)
        {
            return $"nothing to measure: {frames} frames of {length.Width}x{length.Height}; RAFT needs two of at least "
                + $"{RaftNetwork.SmallestSide} pixels";
        }

        if ((long)length.Width * length.Height > RaftNetwork.MostPixels)
        {
            throw new BadInputException(
                "VIDEO",
                $"RAFT takes frames of at most {RaftNetwork.MostPixels} pixels, got {length.Width}x{length.Height}; scale the video down");
        }

        double mean = RaftMotion.MeanLength(network, rgb, length.Height, length.Width, device, cancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Motion Score {frames * mean:F2} = {frames} frames x {mean:F3} pixels, the mean length of RAFT's flow at "
                + $"{length.Width}x{length.Height}");
    }
}
