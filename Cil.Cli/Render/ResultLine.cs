using System.Globalization;
using Cil.Cli.Options;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>What became of a job, in one line.</summary>
internal static class ResultLine
{
    /// <param name="what">The video's file, or the job.</param>
    /// <param name="isWritten">Whether it is a file, which is there even where standard output is not.</param>
    /// <param name="note">What is to be known of how it was sampled; null for nothing.</param>
    /// <exception cref="CommandFailedException">Standard output cannot be written to.</exception>
    internal static void Print(string what, JobSnapshot end, TimeSpan time, bool isWritten, string? note = null)
    {
        try
        {
            Console.WriteLine(PrintableText.Of(Of(what, end, time) + (note is null ? "" : $", {note}")));
        }
        catch (CommandFailedException error) when (isWritten)
        {
            throw new CommandFailedException($"{what} is written, but {error.Message}");
        }
    }

    // A job of an earlier version has its frame difference only, which is no motion: flicker raises it too.
    private static string Motion(JobSnapshot end) => end.Flow is { } flow
        ? string.Create(CultureInfo.InvariantCulture, $"motion {flow:F2} pixels a frame, flicker {end.Flicker:F2} of 255")
        : string.Create(CultureInfo.InvariantCulture, $"frame difference {end.FrameDifference:F2} of 255");

    private static string Of(string what, JobSnapshot end, TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {Path.GetExtension(end.VideoBlob)?.TrimStart('.')}, {end.Frames} frames, {end.Width}x{end.Height}, "
            + $"{time.TotalSeconds:F1} s, {Motion(end)}, seed {end.Seed}");
}
