using Cil.Grains.Frames;

namespace Cil.Benchmarks.Scale;

/// <summary>Frames are the video.</summary>
internal sealed class NoEncoder : IVideoEncoder
{
    public async Task<byte[]> EncodeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, int width, int height,
        int fps, string container, CancellationToken cancellationToken)
    {
        var video = new MemoryStream();
        await foreach (ReadOnlyMemory<byte> block in frames.WithCancellation(cancellationToken)) video.Write(block.Span);
        return video.ToArray();
    }

    public Task<byte[]> EncodePngAsync(ReadOnlyMemory<byte> frame, int width, int height, CancellationToken cancellationToken) =>
        Task.FromResult(frame.ToArray());
}
