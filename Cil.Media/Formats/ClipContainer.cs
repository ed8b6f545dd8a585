namespace Cil.Media.Formats;

/// <summary>
/// The containers that clips are read from, known by their first bytes. None of them can name another file that ffmpeg would
/// open.
/// </summary>
/// <param name="Name">As error messages have it.</param>
/// <param name="Demuxer">ffmpeg's name of what reads it; nothing is left to its guess.</param>
internal sealed record ClipContainer(string Name, string Demuxer)
{
    /// <summary>As many first bytes as <see cref="Find"/> looks at.</summary>
    public const int HeadBytes = 4096;

    /// <summary>For error messages.</summary>
    public const string Accepted = "MP4, QuickTime, Matroska, WebM, AVI, GIF, MPEG-TS, MPEG-PS, Ogg, FLV, ASF or Y4M";

    private const int TransportPacket = 188;
    private const byte TransportSync = 0x47;

    private static readonly ClipContainer Mov = new("MP4", "mov"),
        Matroska = new("Matroska", "matroska"), Avi = new("AVI", "avi"), Gif = new("GIF", "gif"),
        TransportStream = new("MPEG-TS", "mpegts"), ProgramStream = new("MPEG-PS", "mpeg"),
        Ogg = new("Ogg", "ogg"), Flash = new("FLV", "flv"), Asf = new("ASF", "asf"),
        Y4m = new("Y4M", "yuv4mpegpipe");

    private static ReadOnlySpan<byte> AsfHeader => [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11];

    /// <returns>Null where the bytes are those of no such container.</returns>
    public static ClipContainer? Find(ReadOnlySpan<byte> head)
    {
        if (IsMov(head)) return Mov;
        if (head is [0x1A, 0x45, 0xDF, 0xA3, ..]) return Matroska;
        if (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("AVI "u8)) return Avi;
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return Gif;
        if (head is [0, 0, 1, 0xBA, ..]) return ProgramStream;
        if (head.StartsWith("OggS"u8)) return Ogg;
        if (head.StartsWith("FLV\u0001"u8)) return Flash;
        if (head.StartsWith(AsfHeader)) return Asf;
        if (head.StartsWith("YUV4MPEG2 "u8)) return Y4m;
        bool isTransport = head.Length > 2 * TransportPacket
            && head[0] == TransportSync
            && head[TransportPacket] == TransportSync
            && head[2 * TransportPacket] == TransportSync;
        return isTransport ? TransportStream : null;
    }

    private static bool IsMov(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12) return false;
        ReadOnlySpan<byte> box = head.Slice(4, 4);
        if (box.SequenceEqual("ftyp"u8))
        {
            return !IsoBrands.Have(head, "avif"u8)
                && !IsoBrands.Have(head, "heic"u8)
                && !IsoBrands.Have(head, "heix"u8)
                && !IsoBrands.Have(head, "mif1"u8);
        }

        // QuickTime from before the brands.
        return box.SequenceEqual("moov"u8)
            || box.SequenceEqual("mdat"u8)
            || box.SequenceEqual("wide"u8)
            || box.SequenceEqual("free"u8)
            || box.SequenceEqual("skip"u8);
    }
}
