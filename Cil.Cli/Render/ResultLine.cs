using System.Globalization;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>What became of a job, in one line.</summary>
internal static class ResultLine
{
    internal static string Of(string what, JobSnapshot end, TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {Path.GetExtension(end.VideoBlob)?.TrimStart('.')}, {end.Frames} frames, {end.Width}x{end.Height}, {time.TotalSeconds:F1} s, motion {end.FrameDifference:F2} (mean frame difference of 255), seed {end.Seed}");
}
