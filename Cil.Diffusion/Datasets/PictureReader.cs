using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cil.Diffusion.Datasets;

/// <summary>Reads a picture with its alpha channel through the ffmpeg program.</summary>
internal static partial class PictureReader
{
    /// <summary>Decodes a file; with <paramref name="width"/> scales it to that width, keeping its shape.</summary>
    /// <exception cref="SpriteAssetsException">ffmpeg is missing or cannot read the file.</exception>
    public static Picture Read(string file, int? width = null)
    {
        // PAM carries its own size before the pixels, so nothing has to be probed first.
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] scale = width is { } w ? ["-vf", string.Create(CultureInfo.InvariantCulture, $"scale={w}:-2:flags=area")] : [];
        foreach (var argument in (string[])["-v", "error", "-nostdin", "-i", file, .. scale, "-frames:v", "1", "-pix_fmt", "rgba", "-f", "image2pipe", "-c:v", "pam", "-"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new SpriteAssetsException($"picture: ffmpeg cannot read {file}: {errors.Result.Trim()}");
        }

        return Parse(bytes.ToArray(), file);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SpriteAssetsException($"picture: the program ffmpeg cannot be started ({e.Message}). Install the Debian package ffmpeg.");
        }
    }

    private static Picture Parse(byte[] pam, string file)
    {
        var end = pam.AsSpan().IndexOf("ENDHDR\n"u8);
        if (end < 0)
        {
            throw new SpriteAssetsException($"picture: ffmpeg gave no picture for {file}.");
        }

        var header = System.Text.Encoding.ASCII.GetString(pam, 0, end);
        var width = int.Parse(WidthLine().Match(header).Groups[1].Value, CultureInfo.InvariantCulture);
        var height = int.Parse(HeightLine().Match(header).Groups[1].Value, CultureInfo.InvariantCulture);
        return new Picture { Width = width, Height = height, Pixels = pam[(end + 7)..(end + 7 + (width * height * 4))] };
    }

    [GeneratedRegex(@"WIDTH (\d+)")]
    private static partial Regex WidthLine();

    [GeneratedRegex(@"HEIGHT (\d+)")]
    private static partial Regex HeightLine();
}
