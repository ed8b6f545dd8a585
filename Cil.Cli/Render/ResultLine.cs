using System.Globalization;
using Cil.Cli.Options;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>What became of a job, in one line.</summary>
internal static class ResultLine
{
    /// <param name="what">The video's file, or the job.</param>
    /// <param name="isWritten">Whether it is a file, which is there even where standard output is not.</param>
    /// <exception cref="CommandFailedException">Standard output cannot be written to.</exception>
    internal static void Print(string what, JobSnapshot end, TimeSpan time, bool isWritten)
    {
        try
        {
            Console.WriteLine(PrintableText.Of(Of(what, end, time)));
        }
        catch (CommandFailedException error) when (isWritten)
        {
            throw new CommandFailedException($"{what} is written, but {error.Message}");
        }
    }

    private static string Of(string what, JobSnapshot end, TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {Path.GetExtension(end.VideoBlob)?.TrimStart('.')}, {end.Frames} frames, {end.Width}x{end.Height}, {time.TotalSeconds:F1} s, motion {end.FrameDifference:F2} (mean frame difference of 255), seed {end.Seed}");
}
