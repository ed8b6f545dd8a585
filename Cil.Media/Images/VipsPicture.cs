using System.Runtime.InteropServices;
using Cil.Media.Formats;
using NetVips;

namespace Cil.Media.Images;

/// <summary>Pictures in libvips: each file is given to one named loader, from memory, with the loaders' own limits kept on.</summary>
internal static class VipsPicture
{
    private const double Opaque = 255, Ground = 128;
    private const int LargestOrientation = 8, FirstTurned = 5;

    // Kept here: the library has no more than a pointer to it.
    private static readonly Log.LogDelegate Quiet = (_, _, _) => { };

    static VipsPicture()
    {
        // Loaders that are not hardened against hostile files, should anything ever ask for one.
        NetVips.NetVips.BlockUntrusted = true;
        // Results of earlier calls are never asked for again.
        Cache.Max = 0;
        // Its warnings about damaged files go to standard error otherwise.
        _ = Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning | Enums.LogLevelFlags.Info | Enums.LogLevelFlags.Message, Quiet);
    }

    /// <summary>Reads the header; pixels are decoded when they are asked for.</summary>
    /// <exception cref="VipsException">Damaged.</exception>
    public static Image Open(ReadOnlyMemory<byte> file, VipsLoader loader)
    {
        byte[] bytes = MemoryMarshal.TryGetArray(file, out ArraySegment<byte> array)
            && array.Offset == 0
            && array.Count == array.Array!.Length
            ? array.Array
            : file.ToArray();
        const Enums.Access access = Enums.Access.Sequential;
        const Enums.FailOn failOn = Enums.FailOn.Error;
        return loader switch
        {
            VipsLoader.Png => Image.PngloadBuffer(bytes, access: access, failOn: failOn),
            VipsLoader.Jpeg => Image.JpegloadBuffer(bytes, access: access, failOn: failOn),
            VipsLoader.WebP => Image.WebploadBuffer(bytes, access: access, failOn: failOn),
            VipsLoader.Gif => Image.GifloadBuffer(bytes, access: access, failOn: failOn),
            VipsLoader.Tiff => Image.TiffloadBuffer(bytes, access: access, failOn: failOn),
            VipsLoader.Avif => Image.HeifloadBuffer(bytes, access: access, failOn: failOn),
            _ => throw new ArgumentOutOfRangeException(nameof(loader), loader, "not a loader"),
        };
    }

    /// <summary>The same of a file that is read as it is needed.</summary>
    /// <exception cref="VipsException">Damaged.</exception>
    public static Image Open(Source file, VipsLoader loader)
    {
        const Enums.Access access = Enums.Access.Sequential;
        const Enums.FailOn failOn = Enums.FailOn.Error;
        return loader switch
        {
            VipsLoader.Png => Image.PngloadSource(file, access: access, failOn: failOn),
            VipsLoader.Jpeg => Image.JpegloadSource(file, access: access, failOn: failOn),
            VipsLoader.WebP => Image.WebploadSource(file, access: access, failOn: failOn),
            VipsLoader.Gif => Image.GifloadSource(file, access: access, failOn: failOn),
            VipsLoader.Tiff => Image.TiffloadSource(file, access: access, failOn: failOn),
            VipsLoader.Avif => Image.HeifloadSource(file, access: access, failOn: failOn),
            _ => throw new ArgumentOutOfRangeException(nameof(loader), loader, "not a loader"),
        };
    }

    /// <param name="rgba">height × width × 4 bytes, straight alpha.</param>
    public static Image FromRgba(ReadOnlyMemory<byte> rgba, int width, int height)
    {
        using Image pixels = Image.NewFromMemory(rgba, width, height, 4, Enums.BandFormat.Uchar);
        return pixels.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <inheritdoc cref="ImageDecoder.DecodeAsync"/>
    /// <exception cref="VipsException">Damaged, or ended by <paramref name="end"/>.</exception>
    public static byte[] ToRgb(Image picture, int width, int height, ImageFit fit, CancellationToken end)
    {
        (int fullWidth, int fullHeight) = Upright(picture);
        (int scaledWidth, int scaledHeight) = (width, height);
        if (fit == ImageFit.Crop)
        {
            double scale = Math.Max((double)width / fullWidth, (double)height / fullHeight);
            (scaledWidth, scaledHeight) =
                (Math.Max(width, (int)Math.Round(fullWidth * scale)), Math.Max(height, (int)Math.Round(fullHeight * scale)));
        }

        using Image scaled = Scale(picture, scaledWidth, scaledHeight, end);
        using Image cut = scaled.ExtractArea((scaledWidth - width) / 2, (scaledHeight - height) / 2, width, height);
        using Image flat = OnGround(cut);
        return flat.WriteToMemory<byte>();
    }

    /// <inheritdoc cref="ImageDecoder.DecodeRgbaAsync"/>
    /// <exception cref="VipsException">Damaged, or ended by <paramref name="end"/>.</exception>
    public static (int Width, int Height, byte[] Rgba) ToRgba(Image picture, int? width, CancellationToken end)
    {
        (int fullWidth, int fullHeight) = Upright(picture);
        int scaledWidth = width ?? fullWidth,
            scaledHeight = width is null ? fullHeight : Math.Max(1, (int)Math.Round((double)fullHeight * scaledWidth / fullWidth));
        using Image scaled = Scale(picture, scaledWidth, scaledHeight, end);
        if (scaled.HasAlpha()) return (scaledWidth, scaledHeight, scaled.WriteToMemory<byte>());
        using Image opaque = scaled.Bandjoin(Opaque);
        using Image bytes = opaque.Cast(Enums.BandFormat.Uchar);
        return (scaledWidth, scaledHeight, bytes.WriteToMemory<byte>());
    }

    /// <summary>The last line of the library's message: the lines before it are of tries that the loader made on the way.</summary>
    public static string Cause(VipsException error) =>
        error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];

    // Exif's orientations 5 to 8 lie on their side.
    private static (int Width, int Height) Upright(Image picture) =>
        IsTurned(picture) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);

    private static bool IsTurned(Image picture) =>
        picture.Contains("orientation") && picture.Get("orientation") is int and >= FirstTurned and <= LargestOrientation;

    // To 8-bit sRGB, upright, of 3 bands or 4. The file is decoded once, from top to bottom; what comes after works on the scaled picture.
    private static Image Scale(Image picture, int width, int height, CancellationToken end)
    {
        (int storedWidth, int storedHeight) = IsTurned(picture) ? (height, width) : (width, height);
        bool hasAlpha = picture.HasAlpha();
        // Colours weigh as much as they are seen: what lies behind transparent pixels does not come through.
        using Image weighed = hasAlpha ? picture.Premultiply() : picture.Copy();
        using Image resized = weighed.Resize(
            (double)storedWidth / picture.Width, kernel: Enums.Kernel.Linear, vscale: (double)storedHeight / picture.Height);
        using Image straight = hasAlpha ? resized.Unpremultiply() : resized.Copy();
        using Image rounded = hasAlpha ? straight.Rint() : straight.Copy();
        using Image typed = rounded.Cast(picture.Format);
        typed.SetProgress(null, end);
        using Image decoded = typed.CopyMemory();
        decoded.SetProgress(false);
        using Image upright = decoded.Autorot();
        using Image profiled = ToProfileless(upright);
        using Image coloured = profiled.Colourspace(Enums.Interpretation.Srgb);
        return coloured.Cast(Enums.BandFormat.Uchar);
    }

    // Ink without a profile is taken for the library's standard ink.
    private static Image ToProfileless(Image picture)
    {
        bool isInk = picture.Interpretation == Enums.Interpretation.Cmyk;
        if (!isInk && !picture.Contains("icc-profile-data")) return picture.Copy();
        try
        {
            using Image converted = picture.IccTransform(
                "srgb", embedded: true, inputProfile: isInk ? "cmyk" : "srgb", intent: Enums.Intent.Relative);
            return converted.CopyMemory();
        }
        catch (VipsException) when (!isInk)
        {
            // A profile of another kind than the picture, or a damaged one; viewers go on without it.
            return picture.Copy();
        }
    }

    private static Image OnGround(Image picture)
    {
        if (!picture.HasAlpha()) return picture.Copy();
        using Image colours = picture.ExtractBand(0, n: 3);
        using Image alpha = picture.ExtractBand(3);
        using Image visible = alpha / Opaque;
        using Image lit = colours * visible;
        using Image hidden = (1 - visible) * Ground;
        using Image sum = lit + hidden;
        using Image whole = sum.Rint();
        return whole.Cast(Enums.BandFormat.Uchar);
    }
}
