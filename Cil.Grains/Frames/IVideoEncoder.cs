namespace Cil.Grains.Frames;

/// <summary>The port to the program that makes video files.</summary>
public interface IVideoEncoder
{
    /// <summary>Encodes RGB24 frames.</summary>
    /// <param name="frames">Frame by frame, row-major, width × height × 3 bytes each, in blocks of any size.</param>
    /// <param name="container">"mp4", "webp" or "gif".</param>
    /// <returns>The file's bytes; the same frames give the same bytes.</returns>
    Task<byte[]> EncodeAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> frames, int width, int height, int fps, string container,
        CancellationToken cancellationToken);

    /// <summary>One RGB24 picture as PNG.</summary>
    Task<byte[]> EncodePngAsync(ReadOnlyMemory<byte> frame, int width, int height, CancellationToken cancellationToken);
}
