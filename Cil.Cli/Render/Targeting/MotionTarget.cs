using System.Globalization;
using Cil.Cli.Options;

namespace Cil.Cli.Render.Targeting;

/// <summary>The motion that a video is to have, and how far it is searched for.</summary>
/// <param name="Motion">The mean optical flow, pixels a frame; above 0.</param>
/// <param name="Tolerance">The part of it that the video may be off, above 0 and below 1.</param>
/// <param name="Tries">The most videos that are rendered.</param>
internal sealed record MotionTarget(double Motion, double Tolerance, int Tries)
{
    internal const double StandardTolerance = 0.1;
    internal const int StandardTries = 6;
    private const int LeastTries = 2, MostTries = 64;

    internal bool IsMetBy(double motion) => Math.Abs(motion - Motion) <= Tolerance * Motion;

    /// <returns>Null where none was asked for.</returns>
    /// <exception cref="BadInputException">A number is out of range, or does not go with another option.</exception>
    internal static MotionTarget? Of(RenderOptions options)
    {
        if (options.TargetMotion is not { } motion)
        {
            string? alone = options.TargetControl is not null ? "--target-control"
                : options.TargetTolerance is not null ? "--target-tolerance"
                : options.Tries is not null ? "--tries" : null;
            return alone is null ? null : throw new BadInputException(alone, "has no effect without --target-motion; give that too");
        }

        var target = new MotionTarget(motion, options.TargetTolerance ?? StandardTolerance, options.Tries ?? StandardTries);
        if (motion <= 0) throw new BadInputException("--target-motion", Spelt($"above 0 pixels a frame, got {motion}"));
        if (target.Tolerance is <= 0 or >= 1)
            throw new BadInputException("--target-tolerance", Spelt($"a part of the target, above 0 and below 1, got {target.Tolerance}"));
        if (target.Tries is < LeastTries or > MostTries)
            throw new BadInputException("--tries", Spelt($"{LeastTries} to {MostTries}, got {target.Tries}"));
        if (BatchRenderer.IsAskedFor(options))
        {
            throw new BadInputException(
                "--target-motion", $"is searched for one video; leave out {(options.Count is null ? "--seeds" : "--count")}");
        }

        if (options.Approval)
            throw new BadInputException("--target-motion", "is measured of whole videos, which --approval makes later; give one of both");
        if (options.Frames == 1) throw new BadInputException("--target-motion", "a video of one frame does not move; give more --frames");
        return target;
    }

    private static string Spelt(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
