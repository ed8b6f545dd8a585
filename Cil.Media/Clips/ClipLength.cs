using System.Globalization;

namespace Cil.Media.Clips;

/// <summary>How long and how large a video is.</summary>
/// <param name="Fps">Frames a second, the mean over the video.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record ClipLength(int Frames, double Fps, int Width, int Height)
{
    // ffprobe's lines: avg_frame_rate=24000/1001 and nb_read_packets=240.
    internal static ClipLength? Parse(string text)
    {
        Dictionary<string, string> values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0])
            .ToDictionary(group => group.Key, group => group.First()[1]);
        string[] rate = values.GetValueOrDefault("avg_frame_rate", "").Split('/');
        return Whole("nb_read_packets") is { } frames && Whole("width") is { } width && Whole("height") is { } height && rate.Length == 2
            && double.TryParse(rate[0], CultureInfo.InvariantCulture, out double over)
            && double.TryParse(rate[1], CultureInfo.InvariantCulture, out double under)
            && over > 0
            && under > 0
            ? new ClipLength(frames, over / under, width, height)
            : null;

        int? Whole(string name) =>
            int.TryParse(values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }
}
