using System.Globalization;
using Cil.Media.Formats;
using Cil.Media.Processes;
using NetVips;

namespace Cil.Media.Images;

/// <summary>
/// Pictures to RGB24 at the model's size. The format is told by the first bytes and given to one named reader:
/// <see cref="VipsPicture"/> for the common formats, ffmpeg for the others, through a pipe. Orientation and embedded colour
/// profiles are applied. What is transparent lies on mid-grey (128, 128, 128).
/// </summary>
public static class ImageDecoder
{
    /// <summary>More pixels than this are refused before anything is decoded: 100 million, a 10,000 × 10,000 picture.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>
    /// The limit where all pixels are in memory at once, which takes up to 8 bytes each: 25 million, a 5,000 × 5,000 picture.
    /// So they are in interlaced PNG, progressive JPEG, WebP, GIF, TIFF, AVIF, and what ffmpeg reads. Transparent pictures
    /// count among them: many of their lines are scaled at once, as floats.
    /// </summary>
    public const long MaxWholePixels = 25_000_000;

    /// <summary>The longer side is at most this many times the shorter one.</summary>
    public const int MaxRatio = 100;

    /// <summary>Larger files are refused unread: 256 MiB.</summary>
    public const int MaxFileBytes = 256 << 20;

    private const int TrialSide = 16, HeadBytes = 4096, RgbaBytes = 4, MaxPamHeader = 256;

    private const int DecodedAtOnce = 2;

    // How messages of what that program has read begin.
    private const string Program = "ffmpeg: ";

    private static readonly SemaphoreSlim Turns = new(DecodedAtOnce), WholeFiles = new(1);

    /// <summary>Scales to the size asked for.</summary>
    /// <param name="image">The file's bytes.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="fit">What happens to a picture of another shape; each system's own preprocessing.</param>
    /// <returns>RGB24, height × width × 3 bytes.</returns>
    /// <exception cref="MediaException">
    /// Not a picture of a known format, truncated, too large, too long for its width, or not decoded within 1 min. The
    /// message names no field.
    /// </exception>
    public static Task<byte[]> DecodeAsync(
        ReadOnlyMemory<byte> image, int width, int height, ImageFit fit = ImageFit.Crop, CancellationToken cancellationToken = default) =>
        WithPictureAsync(image, (picture, end) => VipsPicture.ToRgb(picture, width, height, fit, end), cancellationToken);

    /// <summary>Decodes the whole picture and keeps nothing of it: what <see cref="DecodeAsync"/> would throw is thrown here.</summary>
    /// <inheritdoc cref="DecodeAsync"/>
    public static async Task CheckAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken = default) =>
        _ = await DecodeAsync(image, TrialSide, TrialSide, cancellationToken: cancellationToken);

    /// <summary>
    /// The same of a file that is read piece by piece where its format allows that; what ffmpeg reads is in memory, one file
    /// at a time.
    /// </summary>
    /// <param name="file">One that can be sought and read synchronously.</param>
    /// <inheritdoc cref="CheckAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public static async Task CheckAsync(Stream file, CancellationToken cancellationToken = default)
    {
        if (file.Length > MaxFileBytes) throw new MediaException($"at most {MaxFileBytes >> 20} MiB, got more");
        byte[] head = new byte[HeadBytes];
        int read = await file.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellationToken);
        PictureFormat format = PictureFormat.Identify(head.AsSpan(0, read));
        file.Position = 0;
        if (format is PictureFormat.Vips { Loader: var loader })
        {
            using var source = new SourceCustom();
            source.OnRead += (buffer, length) => file.Read(buffer, 0, length);
            source.OnSeek += file.Seek;
            _ = await WithPictureAsync(
                format, () => Task.FromResult(() => VipsPicture.Open(source, loader)),
                (picture, end) => VipsPicture.ToRgb(picture, TrialSide, TrialSide, ImageFit.Crop, end), cancellationToken);
            return;
        }

        await WholeFiles.WaitAsync(cancellationToken);
        try
        {
            byte[] whole = new byte[file.Length];
            await file.ReadExactlyAsync(whole, cancellationToken);
            await CheckAsync(whole, cancellationToken);
        }
        finally
        {
            _ = WholeFiles.Release();
        }
    }

    /// <summary>Scales to the width asked for and keeps the shape and the transparency.</summary>
    /// <param name="width">In pixels; null for the picture's own.</param>
    /// <returns>Width, height, and height × width × 4 bytes, straight (not premultiplied) RGBA.</returns>
    /// <inheritdoc cref="DecodeAsync"/>
    public static Task<(int Width, int Height, byte[] Rgba)> DecodeRgbaAsync(
        ReadOnlyMemory<byte> image, int? width = null, CancellationToken cancellationToken = default) =>
        WithPictureAsync(image, (picture, end) => VipsPicture.ToRgba(picture, width, end), cancellationToken);

    /// <summary>
    /// A picture's bytes, read only if they begin as a picture does: of a device or another file no more than its first 4
    /// KiB.
    /// </summary>
    /// <exception cref="MediaException">Not a picture of a known format, or more than <see cref="MaxFileBytes"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a folder.</exception>
    public static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken = default)
    {
        if (NamedPipe.Is(path)) throw new MediaException("expected a picture, got a named pipe (FIFO)");
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        byte[] head = new byte[HeadBytes];
        int read = await file.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellationToken);
        _ = PictureFormat.Identify(head.AsSpan(0, read));
        using var content = new MemoryStream();
        await content.WriteAsync(head.AsMemory(0, read), cancellationToken);
        byte[] block = new byte[1 << 16];
        while ((read = await file.ReadAsync(block, cancellationToken)) > 0)
        {
            if (content.Length + read > MaxFileBytes) throw new MediaException($"at most {MaxFileBytes >> 20} MiB, got more");
            content.Write(block, 0, read);
        }

        return content.ToArray();
    }

    private static Task<T> WithPictureAsync<T>(
        ReadOnlyMemory<byte> file, Func<Image, CancellationToken, T> use, CancellationToken cancellationToken)
    {
        PictureFormat format = PictureFormat.Identify(file.Span);
        return WithPictureAsync(format, () => OpenAsync(file, format, cancellationToken), use, cancellationToken);
    }

    private static async Task<Func<Image>> OpenAsync(ReadOnlyMemory<byte> file, PictureFormat format, CancellationToken cancellationToken)
    {
        if (format is not PictureFormat.Ffmpeg foreign) return () => VipsPicture.Open(file, ((PictureFormat.Vips)format).Loader);
        Pam pixels = await ThroughFfmpegAsync(file, foreign, cancellationToken);
        return () => VipsPicture.FromRgba(pixels.Rgba, pixels.Width, pixels.Height);
    }

    private static async Task<T> WithPictureAsync<T>(
        PictureFormat format, Func<Task<Func<Image>>> prepare, Func<Image, CancellationToken, T> use, CancellationToken cancellationToken)
    {
        await Turns.WaitAsync(cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(ProcessLimits.Picture.Time);
        try
        {
            Func<Image> open = await prepare();
            return await Task.Run(
                () =>
                {
                    using Image picture = open();
                    RequireSize(picture.Width, picture.Height);
                    if (IsWhole(format, picture) && (long)picture.Width * picture.Height > MaxWholePixels)
                    {
                        throw new MediaException(
                            $"at most {MaxWholePixels} pixels, got {picture.Width}x{picture.Height}: only PNG that is neither "
                                + $"interlaced nor transparent and JPEG that is not progressive may have more");
                    }

                    return use(picture, end.Token);
                },
                CancellationToken.None);
        }
        catch (Exception error) when (error is VipsException or OperationCanceledException && end.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MediaException(
                $"{format.Name}: not decoded after {ProcessLimits.Picture.Time.TotalSeconds} s, the most that it may take", error);
        }
        catch (VipsException error)
        {
            throw new MediaException($"a damaged {format.Name} picture ({VipsPicture.Cause(error)})", error);
        }
        catch (MediaException error) when (error.Message.StartsWith(Program, StringComparison.Ordinal))
        {
            // Callers are told what is wrong, not which program has found it.
            throw new MediaException($"a damaged {format.Name} picture ({error.Message[Program.Length..]})", error);
        }
        finally
        {
            _ = Turns.Release();
        }
    }

    private static bool IsWhole(PictureFormat format, Image picture) =>
        format is not PictureFormat.Vips { Loader: VipsLoader.Png or VipsLoader.Jpeg }
            || picture.HasAlpha()
            || picture.Contains("interlaced")
            || (picture.Contains("jpeg-multiscan") && picture.Get("jpeg-multiscan") is not 0);

    private static void RequireSize(int width, int height)
    {
        if ((long)width * height > MaxPixels) throw new MediaException($"at most {MaxPixels} pixels, got {width}x{height}");
        int longer = Math.Max(width, height), shorter = Math.Min(width, height);
        if (longer > (long)shorter * MaxRatio)
            throw new MediaException($"the longer side at most {MaxRatio} times the shorter one, got {width}x{height}");
    }

    // No file and no address can be opened by what reads from a pipe: the one protocol that is allowed.
    private static async Task<Pam> ThroughFfmpegAsync(
        ReadOnlyMemory<byte> file, PictureFormat.Ffmpeg format, CancellationToken cancellationToken)
    {
        string[] decoder = format.Decoder is { } name ? ["-c:v", name] : [];
        // OpenEXR holds linear light.
        string[] options = format.Demuxer == "exr_pipe" ? ["-apply_trc", "iec61966_2_1"] : [];
        byte[] output = await Ffmpeg.RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-nostdin", "-protocol_whitelist", "pipe", "-threads", "1",
                "-max_pixels", MaxWholePixels.ToString(CultureInfo.InvariantCulture),
                // The whole file is one packet; of 4 KiB otherwise, and the decoder is given the first one only.
                "-f", format.Demuxer, "-frame_size", file.Length.ToString(CultureInfo.InvariantCulture), .. decoder, .. options,
                "-i", "pipe:0", "-frames:v", "1", "-pix_fmt", "rgba", "-c:v", "pam", "-threads", "1", "-f", "image2pipe", "pipe:1",
            ],
            file,
            (MaxWholePixels * RgbaBytes) + MaxPamHeader,
            cancellationToken,
            strict: true,
            ProcessLimits.Picture,
            Pam.Length);
        return Pam.Read(output);
    }

    // What ffmpeg writes: lines of text that end with ENDHDR, then the pixels (netpbm's pam(5)).
    private sealed record Pam(int Width, int Height, ReadOnlyMemory<byte> Rgba)
    {
        public static Pam Read(byte[] file)
        {
            if (Header(file) is not (int width, int height, int begin)) throw new MediaException("ffmpeg: it holds no picture");
            ReadOnlyMemory<byte> rgba = file.AsMemory(begin);
            int expected = width * height * RgbaBytes;
            return rgba.Length == expected
                ? new Pam(width, height, rgba)
                : throw new MediaException($"ffmpeg: expected {expected} bytes, got {rgba.Length}");
        }

        /// <summary>Bytes of the whole file; null where its beginning does not tell.</summary>
        public static int? Length(ReadOnlySpan<byte> beginning) =>
            Header(beginning) is (int width, int height, int begin) && (long)width * height <= MaxWholePixels
                ? begin + (width * height * RgbaBytes)
                : null;

        private static (int Width, int Height, int Begin)? Header(ReadOnlySpan<byte> file)
        {
            int end = file.IndexOf("ENDHDR\n"u8);
            if (end < 0) return null;
            string[] lines = System.Text.Encoding.ASCII.GetString(file[..end]).Split('\n');
            return (Number("WIDTH "), Number("HEIGHT "), end + "ENDHDR\n"u8.Length);

            int Number(
                string name) => int.Parse(
                    lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..], CultureInfo.InvariantCulture);
        }
    }
}
