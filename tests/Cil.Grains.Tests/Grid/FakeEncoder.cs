using Cil.Grains.Frames;

namespace Cil.Grains.Tests.Grid;

/// <summary>An encoder whose video is the frames themselves; a container of the name "broken" cannot be written.</summary>
internal sealed class FakeEncoder : IVideoEncoder
{
    /// <summary>When set, encoding waits for it.</summary>
    internal TaskCompletionSource? Gate { get; set; }

    /// <summary>Set when an encoding has begun and has read all frames.</summary>
    internal TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When set, encoding fails with this message.</summary>
    internal string? Fault { get; set; }

    public async Task<byte[]> EncodeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, int width, int height,
        int fps, string container, CancellationToken cancellationToken)
    {
        var video = new MemoryStream();
        await foreach (ReadOnlyMemory<byte> block in frames.WithCancellation(cancellationToken)) video.Write(block.Span);
        _ = Begun.TrySetResult();
        if (Gate is { } gate) await gate.Task;
        return Fault is { } fault ? throw new InvalidOperationException(fault) : video.ToArray();
    }

    public Task<byte[]> EncodePngAsync(ReadOnlyMemory<byte> frame, int width, int height, CancellationToken cancellationToken) =>
        Task.FromResult(frame.ToArray());
}
