using Cil.Media.Clips;

namespace Cil.Media.Tests.Clips;

public sealed class ClipStrideTests : IDisposable
{
    private const int Side = 32, Count = 20, Fps = 10;

    private readonly string path = Path.Combine(Path.GetTempPath(), $"cil-stride-{Guid.NewGuid():N}.mp4");

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Measure_SaysFramesRateAndSize()
    {
        await MakeAsync();

        Assert.Equal(new ClipLength(Count, Fps, Side, Side), await ClipDecoder.MeasureAsync(path));
    }

    [Fact]
    public async Task Decode_FromAFrameAtAStride_GivesThoseFrames()
    {
        await MakeAsync();

        byte[] frames = await ClipDecoder.DecodeAsync(path, Side, Side, 5, first: 3, stride: 4);

        // Frame n is of brightness 12 n; H.264 rounds.
        for (int i = 0; i < 5; i++) Assert.InRange(frames[i * Side * Side * 3], (12 * (3 + (4 * i))) - 5, (12 * (3 + (4 * i))) + 5);
    }

    private async Task MakeAsync()
    {
        byte[] frames = [.. Enumerable.Range(0, Count).SelectMany(frame => Enumerable.Repeat((byte)(12 * frame), Side * Side * 3))];
        await File.WriteAllBytesAsync(path, await VideoEncoder.EncodeAsync(frames, Side, Side, Fps, "mp4"));
    }
}
