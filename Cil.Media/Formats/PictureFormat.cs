using System.Buffers.Binary;
using Cil.Media.Processes;

namespace Cil.Media.Formats;

/// <summary>
/// The formats that pictures are read from, known by their first bytes. Who reads which is written here and never guessed by
/// a library.
/// </summary>
/// <param name="Name">As error messages have it.</param>
internal abstract record PictureFormat(string Name)
{
    /// <summary>For error messages.</summary>
    public const string Accepted = "PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP, TGA, PNM, OpenEXR, JPEG XL, JPEG 2000, SGI, DDS, PCX or QOI";

    private const int BmpHeaderAt = 14, TargaHeader = 18;

    private static readonly PictureFormat Png = new Vips("PNG", VipsLoader.Png),
        Jpeg = new Vips("JPEG", VipsLoader.Jpeg), WebP = new Vips("WebP", VipsLoader.WebP),
        Gif = new Vips("GIF", VipsLoader.Gif), Tiff = new Vips("TIFF", VipsLoader.Tiff), Avif = new Vips("AVIF", VipsLoader.Avif);

    private static readonly PictureFormat Bmp = new Ffmpeg("BMP", "bmp_pipe"),
        Exr = new Ffmpeg("OpenEXR", "exr_pipe"), JpegXl = new Ffmpeg("JPEG XL", "jpegxl_pipe"),
        Jpeg2000 = new Ffmpeg("JPEG 2000", "j2k_pipe"), Sgi = new Ffmpeg("SGI", "sgi_pipe"), Dds = new Ffmpeg("DDS", "dds_pipe"),
        Pcx = new Ffmpeg("PCX", "pcx_pipe"), Qoi = new Ffmpeg("QOI", "qoi_pipe"),
        Pbm = new Ffmpeg("PNM", "pbm_pipe"), Pgm = new Ffmpeg("PNM", "pgm_pipe"),
        Ppm = new Ffmpeg("PNM", "ppm_pipe"), Pam = new Ffmpeg("PNM", "pam_pipe"), Targa = new Ffmpeg("TGA", "image2pipe", "targa");

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegXlBox => [0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L', (byte)' ', 0x0D, 0x0A, 0x87, 0x0A];

    private static ReadOnlySpan<byte> Jpeg2000Box => [0, 0, 0, 0x0C, (byte)'j', (byte)'P', (byte)' ', (byte)' ', 0x0D, 0x0A, 0x87, 0x0A];

    /// <exception cref="MediaException">None of the formats; says what the file is instead, and which are taken.</exception>
    public static PictureFormat Identify(ReadOnlySpan<byte> file) =>
        Find(file) ?? throw new MediaException($"expected a picture ({Accepted}), got {ContentName.Of(file)}");

    /// <returns>Null where the bytes are those of no such format.</returns>
    public static PictureFormat? Find(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(PngSignature)) return Png;
        if (file is [0xFF, 0xD8, 0xFF, ..]) return Jpeg;
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8)) return WebP;
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)) return Gif;
        // 42, or 43 for files of more than 4 GiB.
        if (file is [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..]) return Tiff;
        if (IsoBrands.Have(file, "avif"u8) || IsoBrands.Have(file, "avis"u8)) return Avif;
        if (file is [0x76, 0x2F, 0x31, 0x01, ..]) return Exr;
        if (file is [0xFF, 0x0A, ..] || file.StartsWith(JpegXlBox)) return JpegXl;
        if (file is [0xFF, 0x4F, 0xFF, 0x51, ..] || file.StartsWith(Jpeg2000Box)) return Jpeg2000;
        if (file is [0x01, 0xDA, 0 or 1, 1 or 2, 0, >= 1 and <= 3, ..]) return Sgi;
        if (file.StartsWith("DDS \u007C"u8)) return Dds;
        if (file is [0x0A, <= 5, 1, 1 or 2 or 4 or 8, ..]) return Pcx;
        if (file.StartsWith("qoif"u8)) return Qoi;
        if (IsBmp(file)) return Bmp;
        return OfNetpbm(file) ?? (IsTarga(file) ? Targa : null);
    }

    // "BM" alone begins many texts.
    private static bool IsBmp(ReadOnlySpan<byte> file) =>
        file.Length > BmpHeaderAt + 4
            && file.StartsWith("BM"u8)
            && BinaryPrimitives.ReadUInt32LittleEndian(file[BmpHeaderAt..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    private static PictureFormat? OfNetpbm(ReadOnlySpan<byte> file) =>
        file is [(byte)'P', var kind, (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..]
            ? kind switch
            {
                (byte)'1' or (byte)'4' => Pbm,
                (byte)'2' or (byte)'5' => Pgm,
                (byte)'3' or (byte)'6' => Ppm,
                (byte)'7' => Pam,
                _ => null,
            }
            : null;

    // Targa begins with nothing that tells it, so every field of its header has to have a value that it can have.
    private static bool IsTarga(ReadOnlySpan<byte> file) => file.Length > TargaHeader
        && (file[1], file[2]) is (0, 2 or 3 or 10 or 11) or (1, 1 or 9)
        && (file[1] == 1 ? file[7] is 15 or 16 or 24 or 32 : file[3..8].IndexOfAnyExcept((byte)0) < 0)
        && BinaryPrimitives.ReadUInt16LittleEndian(file[12..]) > 0 && BinaryPrimitives.ReadUInt16LittleEndian(file[14..]) > 0
        && file[16] is 8 or 15 or 16 or 24 or 32 && file[17] is var flags && (flags & 0xC0) == 0;

    /// <summary>Read by libvips, inside this process.</summary>
    internal sealed record Vips(string Name, VipsLoader Loader) : PictureFormat(Name);

    /// <summary>Read by the ffmpeg program.</summary>
    /// <param name="Demuxer">ffmpeg's name of what reads the file.</param>
    /// <param name="Decoder">ffmpeg's name of the codec; null where the demuxer has only one.</param>
    internal sealed record Ffmpeg(string Name, string Demuxer, string? Decoder = null) : PictureFormat(Name);
}
