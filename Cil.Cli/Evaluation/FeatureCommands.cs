using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Evaluation.Features;
using Cil.Evaluation.Metrics;
using Cil.Evaluation.Networks.C3d;
using Cil.Evaluation.Networks.I3d;
using Cil.Media.Clips;
using Cil.Media.Processes;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval fvd` and `cil eval is`: sets of videos by a network's features and classes.</summary>
internal static class FeatureCommands
{
    private static readonly string[] Endings = [".mp4", ".webm", ".mkv", ".mov", ".avi", ".gif", ".webp"];

    internal static Command Fvd()
    {
        Argument<string> real = Folder("REAL", "folder of real videos"), made = Folder("MADE", "folder of the videos that are judged");
        var i3d = new NetworkOption<IVideoFeatures>(
            "--i3d", "I3D's published weights, a state dict or a TorchScript archive: FVD in the place of cil-features' distance",
            (files, device) => InceptionI3d.Open(files[0], device));
        var common = new FeatureOptions(i3d, InceptionI3d.Frames, InceptionI3d.FewestFrames);
        var command = new Command("fvd", "Measures the Fréchet distance between two folders of videos by a network's features.")
        {
            real, made,
        };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using FeatureNetwork network = common.Open(parsed);
            FeatureSet first = await DescribeAsync(network, "REAL", parsed.GetRequiredValue(real), cancellationToken);
            FeatureSet second = await DescribeAsync(network, "MADE", parsed.GetRequiredValue(made), cancellationToken);
            // Rounding can leave a little less than nothing.
            double distance = Math.Max(0, FrechetDistance.Compute(first.Features, second.Features));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network.Of.DistanceName}: {distance:F3}, {first.Count} and {second.Count} videos of {network.Frames} frames"));
            return ExitCode.Done;
        });
        return command;
    }

    internal static Command Is()
    {
        Argument<string> made = Folder("MADE", "folder of the videos that are judged");
        Option<int> splits = Values.Whole("--splits", "equal parts that the score is the mean of", 1, 1, 1000);
        var c3d = new NetworkOption<IVideoFeatures>(
            "--c3d", "C3D's weights for UCF101: IS in the place of the score of cil-features' classes",
            (files, device) => C3dNetwork.Open(files[0], files[1], device),
            ("--c3d-mean", "the mean that is taken from its videos (mean2.npz)"));
        var common = new FeatureOptions(c3d, C3dNetwork.Frames, C3dNetwork.Frames, C3dNetwork.Frames);
        var command = new Command("is", "Measures how surely and diversely a network tells the classes of a folder of videos.")
        {
            made, splits,
        };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using FeatureNetwork network = common.Open(parsed);
            FeatureSet set = await DescribeAsync(network, "MADE", parsed.GetRequiredValue(made), cancellationToken);
            int parts = parsed.GetValue(splits);
            if (set.Count % parts != 0)
            {
                throw new BadInputException(
                    "--splits", string.Create(CultureInfo.InvariantCulture, $"expected a divisor of {set.Count} videos, got {parts}"));
            }

            (double mean, double deviation) = InceptionScore.Compute(set.Logits, parts);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network.Of.ScoreName}: {mean:F3}{(parts > 1 ? $" (deviation {deviation:F3})" : "")}, {set.Count} videos of "
                    + $"{network.Frames} frames"));
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Folder(string name, string description) => new(name) { Description = description };

    private static async Task<FeatureSet> DescribeAsync(
        FeatureNetwork network, string name, string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw new BadInputException(name, $"there is no folder {folder}");
        string[] files = [.. Directory.GetFiles(folder)
            .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        if (files.Length < 2)
            throw new BadInputException(name, $"expected a folder of at least 2 videos, got {folder} with {files.Length}");
        List<FeatureSet> sets = [];
        try
        {
            // One after the other: published protocols have thousands, in their own size.
            foreach (string file in files)
            {
                (int width, int height) = network.Size is { } side ? (side, side) : await SizeAsync(file, cancellationToken);
                byte[] video = await ClipDecoder.DecodeAsync(file, width, height, network.Frames, cancellationToken: cancellationToken);
                sets.Add(VideoTensors.Describe(network.Of, [video], network.Frames, height, width, network.Device));
            }
        }
        catch (MediaException error)
        {
            throw new BadInputException(name, error.Message);
        }

        return FeatureSet.Join(sets);
    }

    private static async Task<(int Width, int Height)> SizeAsync(string file, CancellationToken cancellationToken)
    {
        ClipLength length = await ClipDecoder.MeasureAsync(file, cancellationToken);
        return (length.Width, length.Height);
    }
}
