using Cil.Grains.Frames;
using Cil.Media.Clips;
using Cil.Media.Images;

namespace Cil.Rendering.Frames;

/// <summary>
/// The encoder port on the ffmpeg program; single pictures without it, since starting a program takes longer than they do.
/// </summary>
internal sealed class FfmpegVideoEncoder : IVideoEncoder
{
    public Task<byte[]> EncodeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, int width, int height,
        int fps, string container, CancellationToken cancellationToken) =>
        VideoEncoder.EncodeAsync(frames, width, height, fps, container, cancellationToken);

    public Task<byte[]> EncodePngAsync(ReadOnlyMemory<byte> frame, int width, int height, CancellationToken cancellationToken) =>
        Task.FromResult(PngWriter.Write(frame.Span, width, height));
}
