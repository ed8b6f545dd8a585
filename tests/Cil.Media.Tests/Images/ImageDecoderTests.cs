using System.Diagnostics;
using Cil.Media.Formats;
using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Media.Tests.Images;

/// <summary>Pictures of one drawing: red, green (0, 160, 0), blue and yellow quarters, in reading order, kept in many ways.</summary>
public sealed class ImageDecoderTests
{
    private const int Side = 32;

    // JPEG and lossy AVIF round: 2 of 255.
    private const int Rounding = 2;

    [Theory]
    [InlineData("quad.png")]
    [InlineData("interlaced.png")]
    [InlineData("rgb48.png")]
    [InlineData("jpg_o1.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("trailing.jpg")]
    [InlineData("anim.gif")]
    [InlineData("anim.webp")]
    [InlineData("avif10.avif")]
    [InlineData("b.bmp")]
    [InlineData("jxl.jxl")]
    [InlineData("sgi.sgi")]
    [InlineData("pcx.pcx")]
    [InlineData("jp2.jp2")]
    [InlineData("dds.dds")]
    public async Task Decode_OfAnyFormat_GivesItsColours(string file) => AssertQuarters("RGBY", await DecodeAsync(file));

    // By the orientation of Exif 2.32, 4.6.4: 6 is turned a quarter clockwise.
    [Theory]
    [InlineData("jpg_o2.jpg", "GRYB")]
    [InlineData("jpg_o3.jpg", "YBGR")]
    [InlineData("jpg_o4.jpg", "BYRG")]
    [InlineData("jpg_o5.jpg", "RBGY")]
    [InlineData("jpg_o6.jpg", "BRYG")]
    [InlineData("jpg_o7.jpg", "YGBR")]
    [InlineData("jpg_o8.jpg", "GYRB")]
    [InlineData("png_o6.png", "BRYG")]
    [InlineData("tiff_o6.tiff", "BRYG")]
    [InlineData("webp_o6.webp", "BRYG")]
    [InlineData("tga_rle.tga", "BYRG")]
    public async Task Decode_OfATurnedPicture_PutsItUpright(string file, string quarters) =>
        AssertQuarters(quarters, await DecodeAsync(file));

    [Theory]
    [InlineData("swapped.png")]
    [InlineData("swapped.jpg")]
    public async Task Decode_WithAProfile_ConvertsToSrgb(string file) => AssertQuarters("RGBY", await DecodeAsync(file));

    [Fact]
    public async Task Decode_OfInk_GivesColours()
    {
        byte[] rgb = await DecodeAsync("cmyk_adobe.jpg");

        // Ink without a profile has no right colours, but red stays red: inverted it would be cyan.
        Assert.True(
            rgb[At(0)] > 200 && rgb[At(0) + 1] < 80 && rgb[At(0) + 2] < 80, $"red became {rgb[At(0)]}, {rgb[At(0) + 1]}, {rgb[At(0) + 2]}");
    }

    [Theory]
    [InlineData("rgba_q.png")]
    [InlineData("rgba_q.webp")]
    [InlineData("pal_trns.png")]
    [InlineData("gif_trns.gif")]
    [InlineData("avif_alpha.avif")]
    public async Task Decode_OfATransparentQuarter_ShowsTheGround(string file) => AssertQuarters("RGB.", await DecodeAsync(file));

    [Theory]
    [InlineData("hidden_green.png", "hidden_black.png", "hidden_grey.png")]
    [InlineData("white_logo_white_hidden.png", "white_logo_black_hidden.png")]
    public async Task Decode_ScaledDown_HidesTheColoursBehindTransparentPixels(params string[] files)
    {
        byte[] first = await DecodeAsync(files[0]);

        foreach (string other in files[1..]) Assert.Equal(first, await DecodeAsync(other));
    }

    [Theory]
    [InlineData(ImageFit.Crop, "RRBB")]
    [InlineData(ImageFit.Stretch, "RGBY")]
    public async Task Decode_OfAnotherShape_CutsOrStretches(ImageFit fit, string quarters)
    {
        // Four times as wide as high: red and blue fill the middle half.
        byte[] pixels = new byte[64 * 16 * 3];
        for (int i = 0; i < 64 * 16; i++) Colour(i % 64 < 48 ? (i < 512 ? 'R' : 'B') : (i < 512 ? 'G' : 'Y')).CopyTo(pixels, i * 3);
        if (fit == ImageFit.Stretch)
        {
            for (int i = 0; i < 64 * 16; i++) Colour(i % 64 < 32 ? (i < 512 ? 'R' : 'B') : (i < 512 ? 'G' : 'Y')).CopyTo(pixels, i * 3);
        }

        AssertQuarters(quarters, await ImageDecoder.DecodeAsync(PngWriter.Write(pixels, 64, 16), Side, Side, fit));
    }

    [Fact]
    public async Task Decode_AtItsOwnSize_ChangesNothing()
    {
        byte[] rgb = [.. Enumerable.Range(0, 48 * 40 * 3).Select(i => (byte)(i * 7))];

        Assert.Equal(rgb, await ImageDecoder.DecodeAsync(PngWriter.Write(rgb, 48, 40), 48, 40));
    }

    [Theory]
    [InlineData("heic.heic", "got a HEIC picture")]
    [InlineData("svg.svg", "got an SVG drawing")]
    [InlineData("ico.ico", "got a Windows icon")]
    [InlineData("psd.psd", "got a Photoshop picture")]
    [InlineData("hdr.hdr", "got a Radiance HDR picture")]
    [InlineData("trunc.jpg", "a damaged JPEG picture (")]
    [InlineData("tall2.png", "the longer side at most 100 times the shorter one, got 2x30000")]
    [InlineData("wide2.png", "the longer side at most 100 times the shorter one, got 30000x1")]
    public async Task Decode_OfWhatIsNotTaken_SaysWhatItIs(string file, string message)
    {
        MediaException error = await Assert.ThrowsAsync<MediaException>(() => DecodeAsync(file));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Decode_OfADamagedPictureThatFfmpegReads_SaysWhatIsWrongAndNotWhoFoundIt()
    {
        byte[] whole = await ReadAsync("b.bmp");

        MediaException error = await Assert.ThrowsAsync<MediaException>(() => ImageDecoder.DecodeAsync(whole.AsMemory(0, 200), 8, 8));

        Assert.StartsWith("a damaged BMP picture (", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ffmpeg", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("no picture", "text")]
    [InlineData("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "an HLS playlist")]
    [InlineData("\n \n#EXTM3U\n", "an HLS playlist")]
    [InlineData("ffconcat version 1.0\nfile 'other.mp4'\n", "an ffconcat playlist")]
    [InlineData("<?xml version=\"1.0\"?><MPD></MPD>", "a DASH manifest")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, not the file that it stands for")]
    [InlineData("%PDF-1.7\n", "a PDF document")]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0isommp42", "a MP4 video")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "a file that begins with the bytes 0000000000000000")]
    public async Task Decode_OfNoPicture_NamesWhatItIsAndWhatIsTaken(string content, string name)
    {
        MediaException error = await Assert.ThrowsAsync<MediaException>(
            () => ImageDecoder.DecodeAsync(System.Text.Encoding.ASCII.GetBytes(content), Side, Side));

        Assert.Equal($"expected a picture ({PictureFormat.Accepted}), got {name}", error.Message);
    }

    [Fact]
    public async Task ReadFile_OfADeviceThatNeverEnds_IsRefusedAtItsFirstBytes()
    {
        var clock = Stopwatch.StartNew();

        MediaException error = await Assert.ThrowsAsync<MediaException>(() => ImageDecoder.ReadFileAsync("/dev/zero"));

        Assert.Contains("got a file that begins with the bytes 0000000000000000", error.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
    }

    [Fact]
    public async Task DecodeRgba_KeepsShapeAndTransparency()
    {
        (int width, int height, byte[] rgba) = await ImageDecoder.DecodeRgbaAsync(await ReadAsync("rgba_q.png"), 24);

        Assert.Equal((24, 24), (width, height));
        Assert.Equal([255, 0, 0, 255], rgba[..4]);
        Assert.Equal(0, rgba[^1]);
        (int fullWidth, int fullHeight, byte[] whole) = await ImageDecoder.DecodeRgbaAsync(await ReadAsync("png_o6.png"));
        Assert.Equal((96, 96, 96 * 96 * 4), (fullWidth, fullHeight, whole.Length));
        Assert.Equal([0, 0, 255, 255], whole[..4]);
    }

    [Fact]
    public async Task Decode_OnceCancelled_Ends() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await ImageDecoder.DecodeAsync(
                await ReadAsync("quad.png"), Side, Side, cancellationToken: new CancellationToken(true)));

    private static async Task<byte[]> DecodeAsync(string file) => await ImageDecoder.DecodeAsync(await ReadAsync(file), Side, Side);

    private static Task<byte[]> ReadAsync(string file) => File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Files", file));

    // The middle of each quarter, in reading order.
    private static int At(int quarter) =>
        ((((quarter / 2 * (Side / 2)) + (Side / 4)) * Side) + (quarter % 2 * (Side / 2)) + (Side / 4)) * 3;

    private static byte[] Colour(char letter) => letter switch
    {
        'R' => [255, 0, 0],
        'G' => [0, 160, 0],
        'B' => [0, 0, 255],
        'Y' => [255, 255, 0],
        _ => [128, 128, 128],
    };

    private static void AssertQuarters(string expected, byte[] rgb)
    {
        Assert.Equal(Side * Side * 3, rgb.Length);
        for (int quarter = 0; quarter < 4; quarter++)
        {
            byte[] right = Colour(expected[quarter]), got = rgb[At(quarter)..(At(quarter) + 3)];
            Assert.True(
                right.Zip(got).All(pair => Math.Abs(pair.First - pair.Second) <= Rounding),
                $"quarter {quarter}: expected {string.Join(", ", right)}, got {string.Join(", ", got)}");
        }
    }
}
