using Cil.Media.Clips;
using Cil.Media.Processes;
using Cil.Training.Losses;

namespace Cil.Training.FineTuning;

/// <summary>Frames of a clip at a stride (examples/DynamiCrafter/lvdm/data/webvid.py): what is drawn of a video to train on.</summary>
/// <param name="First">The video's frame to begin with, from 0.</param>
/// <param name="Stride">From each frame to the next.</param>
/// <param name="Fps">Frames a second that are left, rounded down; at least 1.</param>
internal readonly record struct ClipTake(int First, int Stride, long Fps)
{
    /// <summary>Draws a stride and a beginning that the clip is long enough for.</summary>
    /// <param name="frames">Frames to take.</param>
    /// <param name="number">With the seed it decides what is drawn.</param>
    internal static ClipTake Draw(ClipLength length, int frames, int maxStride, ulong seed, int number)
    {
        using var random = new StepRandom(seed + 1, number);
        float[] drawn = random.Uniform(2).data<float>().ToArray();
        int stride = 1 + (int)(drawn[0] * maxStride);
        if (((frames - 1) * stride) + 1 > length.Frames) stride = Math.Max(1, length.Frames / frames);
        int room = Math.Max(0, length.Frames - (((frames - 1) * stride) + 1));
        return new ClipTake((int)(drawn[1] * (room + 1)), stride, Math.Max(1, (long)(length.Fps / stride)));
    }

    /// <exception cref="MediaException">The clip cannot be read or is too short.</exception>
    internal static (byte[] Frames, ClipTake Take) Decode(
        string path, int width, int height, int frames, int maxStride, ulong seed, int number, CancellationToken cancel)
    {
        // The device's thread must not wait elsewhere: this is a program of its own with nothing else to do.
        ClipTake take = Draw(ClipDecoder.MeasureAsync(path, cancel).GetAwaiter().GetResult(), frames, maxStride, seed, number);
        byte[] rgb = ClipDecoder.DecodeAsync(path, width, height, frames, first: take.First, stride: take.Stride, cancellationToken: cancel)
            .GetAwaiter()
            .GetResult();
        return (rgb, take);
    }
}
