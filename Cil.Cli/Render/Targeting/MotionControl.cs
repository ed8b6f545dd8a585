using System.Globalization;
using Cil.Cli.Options;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;

namespace Cil.Cli.Render.Targeting;

/// <summary>The control that a search for a motion turns.</summary>
/// <param name="Name">As --target-control takes it: the option that sets it, without its dashes.</param>
internal sealed record MotionControl(string Name, ControlRange Range)
{
    internal const string Start = "start", FpsCondition = "fps-condition", MotionBucket = "motion-bucket";

    // Recommended for DynamiCrafter of 512 pixels (Doubiiu/DynamiCrafter, scripts/run_application.sh), and the strides that the CIL
    // paper's fine-tuning draws (examples/DynamiCrafter).
    private const int LeastFps = 5, MostFps = 30, MostStride = 6;

    private const int MostBucket = 255;

    // Of the variance at M, the data's. From an earlier M pictures dissolve, whose flow is no motion (docs/science.md).
    private const double MostSignal = 0.05;

    internal string Option => $"--{Name}";

    /// <summary>The options with a value of it.</summary>
    internal RenderOptions Set(RenderOptions options, int value) => Name switch
    {
        Start => options with { Start = value },
        FpsCondition => options with { FpsCondition = value },
        _ => options with { MotionBucket = value },
    };

    internal string Spelt(int value) => string.Create(CultureInfo.InvariantCulture, $"{Name} {value}");

    /// <param name="given">What was asked for, before its preset.</param>
    /// <param name="start">M that the search begins at; null for the model's own.</param>
    /// <exception cref="BadInputException">The model has no such control, or another option sets it.</exception>
    internal static MotionControl Of(RenderOptions given, ModelManifest manifest, int? start)
    {
        string name = given.TargetControl ?? Standard(manifest);
        string? set = name switch
        {
            Start => given.Start is not null || given.AutomaticStart ? "--start" : null,
            FpsCondition => given.FpsCondition is not null ? "--fps-condition" : null,
            MotionBucket => given.MotionBucket is not null ? "--motion-bucket" : null,
            _ => throw new BadInputException(
                "--target-control", $"expected {Start}, {FpsCondition} or {MotionBucket}, got '{name}'"),
        };
        if (set is not null)
        {
            throw new BadInputException(
                set, "is what --target-motion searches; leave out one of both, or search another control with --target-control");
        }

        if (!Takes(manifest, name))
            throw new BadInputException("--target-control", $"{manifest.Name} is told no {name}; its default is {Standard(manifest)}");
        return new MotionControl(name, name switch
        {
            Start => Starts(given, manifest, start ?? manifest.Defaults.Start),
            FpsCondition => Rates(manifest),
            _ => new ControlRange(1, MostBucket, (int)Math.Clamp(Math.Round(Bucket(manifest)), 1, MostBucket), HigherIsMore: true),
        });
    }

    /// <summary>What the model's network is told of motion, which it learned the meaning of; M where it is told nothing.</summary>
    private static string Standard(ModelManifest manifest) =>
        Takes(manifest, MotionBucket) ? MotionBucket : Takes(manifest, FpsCondition) ? FpsCondition : Start;

    private static bool Takes(ModelManifest manifest, string name) => (name, manifest) switch
    {
        (MotionBucket, _) => manifest is SvdManifest,
        (FpsCondition, LvdmManifest lvdm) => lvdm.UNet.FsCondition,
        _ => true,
    };

    private static double Bucket(ModelManifest manifest) => manifest is SvdManifest svd ? svd.Sampling.MotionBucket : 0;

    // Fewer frames a second lie further apart, and so do frames at a larger stride.
    private static ControlRange Rates(ModelManifest manifest)
    {
        bool isStride = manifest is LvdmManifest { FpsIsStride: true };
        int own = Math.Max(1, manifest.Defaults.Fps);
        return isStride
            ? new ControlRange(1, Math.Max(own, MostStride), own, HigherIsMore: true)
            : new ControlRange(Math.Min(own, LeastFps), Math.Max(own, MostFps), own, HigherIsMore: false);
    }

    private static ControlRange Starts(RenderOptions options, ModelManifest manifest, int own)
    {
        int fewest = manifest.StepLimit is null ? options.Steps ?? manifest.Defaults.Steps : 1;
        int least = Enumerable.Range(1, Math.Max(0, own - 1))
            .FirstOrDefault(start => start >= fewest && SignalPart(manifest, start) <= MostSignal, own);
        return least < own
            ? new ControlRange(least, own, own, HigherIsMore: false)
            : throw new BadInputException(
                "--target-control", FormattableString.Invariant($"there is no M below {own} to search; name another control"));
    }

    private static double SignalPart(ModelManifest manifest, int start)
    {
        (double signal, double noise) = manifest.Marginal(start);
        return signal * signal / ((signal * signal) + (noise * noise));
    }
}
