using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Evaluation.Features;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>The options of `cil eval fvd` and `cil eval is`: cil-features, or the network that the published measure takes.</summary>
/// <param name="published">The option that names the published network's weights.</param>
/// <param name="publishedFrames">Frames that the published measure takes.</param>
/// <param name="fewest">The fewest that its network takes.</param>
/// <param name="most">The most that are taken.</param>
internal sealed class FeatureOptions(
    NetworkOption<IVideoFeatures> published, int publishedFrames, int fewest, int most = FeatureOptions.MostFrames)
{
    private const int StandardFrames = 8, FewestFrames = 4, StandardSize = 64, SmallestSize = 16, LargestSize = 512;
    private const int MostFrames = 256;

    private readonly NetworkOption<IVideoFeatures> features = new(
        "--features", "the network: what 'cil train features' wrote (default: the one that comes with cil)",
        (files, device) => CilFeatures.Open(files[0], device));

    private readonly Option<int?> frames = Values.Whole(
        "--frames",
        $"frames of each video that are seen, from the first on (default: {StandardFrames}; with {published.Name} {publishedFrames})");

    private readonly Option<int?> size = Values.Whole(
        "--size", $"height and width that videos are cut and scaled to for cil-features (default: {StandardSize})");

    private readonly DeviceOption device = new($"where the network of {published.Name} computes");

    internal void AddTo(Command command)
    {
        published.AddTo(command);
        features.AddTo(command);
        command.Options.Add(frames);
        command.Options.Add(size);
        command.Options.Add(device.Option);
    }

    /// <exception cref="BadInputException">Options that contradict each other or are out of range, or a file that does not fit.</exception>
    internal FeatureNetwork Open(ParseResult parsed)
    {
        if (!published.IsGiven(parsed))
        {
            return new FeatureNetwork(
                features.Open(parsed, CPU) ?? CilFeatures.Shipped(CPU),
                Within(parsed, frames, StandardFrames, FewestFrames, MostFrames),
                Within(parsed, size, StandardSize, SmallestSize, LargestSize), CPU);
        }

        if (features.IsGiven(parsed) || parsed.GetValue(size) is not null)
        {
            throw new BadInputException(
                features.IsGiven(parsed) ? features.Name : size.Name,
                $"is of cil-features; with {published.Name} videos are seen by that network, in their own size");
        }

        int count = Within(parsed, frames, publishedFrames, fewest, most);
        Device on = device.Read(parsed);
        return new FeatureNetwork(published.Open(parsed, on)!, count, null, on);
    }

    private static int Within(ParseResult parsed, Option<int?> option, int standard, int least, int most)
    {
        int value = parsed.GetValue(option) ?? standard;
        return value >= least && value <= most
            ? value
            : throw new BadInputException(
                option.Name,
                string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {least} to {most}, got {value}"));
    }
}
