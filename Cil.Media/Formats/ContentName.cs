namespace Cil.Media.Formats;

/// <summary>Says what a file is that is not taken, by its first bytes, for error messages.</summary>
internal static class ContentName
{
    /// <summary>What follows "got".</summary>
    /// <param name="head">The file's first bytes, 4,096 at most are looked at.</param>
    public static string Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return "an empty file";
        if (OfBinary(head) is { } name) return name;
        head = head[..Math.Min(head.Length, 4096)];
        ReadOnlySpan<byte> text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("#EXTM3U"u8)) return "an HLS playlist";
        if (text.StartsWith("ffconcat"u8)) return "an ffconcat playlist";
        if (text.StartsWith("<"u8))
            return text.IndexOf("<MPD"u8) >= 0 ? "a DASH manifest" : text.IndexOf("<svg"u8) >= 0 ? "an SVG drawing" : "XML or HTML";
        if (text.StartsWith("version https://git-lfs"u8)) return "a Git LFS pointer, not the file that it stands for";
        if (text.StartsWith("/* XPM */"u8)) return "an XPM picture";
        if (IsText(head)) return "text";
        return $"a file that begins with the bytes {Convert.ToHexStringLower(head[..Math.Min(8, head.Length)])}";
    }

    private static string? OfBinary(ReadOnlySpan<byte> head)
    {
        if (head is [0, 0, 1, 0, ..]) return "a Windows icon";
        if (head.StartsWith("%PDF"u8)) return "a PDF document";
        if (head.StartsWith("%!PS"u8)) return "a PostScript document";
        if (head.StartsWith("PK\u0003\u0004"u8)) return "a ZIP archive";
        if (head.StartsWith("8BPS"u8)) return "a Photoshop picture";
        if (head.StartsWith("farbfeld"u8)) return "a farbfeld picture";
        if (head.StartsWith("#?RADIANCE"u8) || head.StartsWith("#?RGBE"u8)) return "a Radiance HDR picture";
        if (IsoBrands.Have(head, "heic"u8)
            || IsoBrands.Have(head, "heix"u8)
            || IsoBrands.Have(head, "hevc"u8)
            || IsoBrands.Have(head, "mif1"u8))
        {
            return "a HEIC picture";
        }

        if (PictureFormat.Find(head) is { } picture) return $"a {picture.Name} picture";
        return ClipContainer.Find(head) is { } container ? $"a {container.Name} video" : null;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\r' or (byte)'\n' or 0x0C)) return false;
        }

        return true;
    }
}
