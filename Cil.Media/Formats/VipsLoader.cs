namespace Cil.Media.Formats;

/// <summary>The loaders of libvips that files are given to.</summary>
internal enum VipsLoader
{
    Png,
    Jpeg,
    WebP,
    Gif,
    Tiff,
    Avif,
}
