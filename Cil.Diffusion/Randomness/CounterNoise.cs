using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Cil.Diffusion.Randomness;

/// <summary>
/// Gaussian numbers that depend only on (seed, window, purpose, step) and their place in the tensor: the same on every
/// worker, however a job is cut into chunks. Box and Muller's transform in double precision on Philox words.
/// </summary>
public static class CounterNoise
{
    private const double ToUnit = 1.0 / 4294967296.0; // 2^-32

    /// <param name="seed">The job's seed.</param>
    /// <param name="window">The window of a long video, from 0.</param>
    /// <param name="purpose">What the noise is for.</param>
    /// <param name="step">The denoising step, 0 where there is none.</param>
    /// <param name="shape">The tensor's shape; numbers are drawn in row-major order.</param>
    /// <returns>float32 on the processor.</returns>
    public static Tensor Draw(ulong seed, int window, NoisePurpose purpose, int step, long[] shape)
    {
        Tensor noise = empty(shape, float32);
        using TensorAccessor<float> data = noise.data<float>();
        float[] values = new float[noise.numel()];
        Fill(values, seed, window, purpose, step);
        data.CopyFrom(values);
        return noise;
    }

    /// <summary>Some frames of the noise that <see cref="Draw"/> gives for a whole video, without drawing the others.</summary>
    /// <param name="shape">(1, C, T, h, w) of the frames wanted.</param>
    /// <param name="first">The video's frame that is the first of them.</param>
    /// <param name="frames">Frames of the whole video.</param>
    /// <inheritdoc cref="Draw"/>
    public static Tensor DrawFrames(ulong seed, int window, NoisePurpose purpose, int step, long[] shape, int first, int frames)
    {
        Tensor noise = empty(shape, float32);
        using TensorAccessor<float> data = noise.data<float>();
        float[] values = new float[noise.numel()];
        long channels = shape[1], frame = shape[3] * shape[4];
        int part = (int)(shape[2] * frame);
        for (int channel = 0; channel < channels; channel++)
            Fill(values.AsSpan(channel * part, part), seed, window, purpose, step, ((channel * (long)frames) + first) * frame);
        data.CopyFrom(values);
        return noise;
    }

    /// <param name="first">The place of the first number that is wanted.</param>
    /// <inheritdoc cref="Draw"/>
    public static void Fill(Span<float> values, ulong seed, int window, NoisePurpose purpose, int step, long first = 0)
    {
        uint use = ((uint)purpose << 24) | (uint)step;
        Span<float> four = stackalloc float[4];
        for (int filled = 0; filled < values.Length;)
        {
            long place = first + filled;
            (uint X0, uint X1, uint X2, uint X3) words = Philox.Draw(
                (uint)(place >> 2), (uint)window, use, 0, (uint)seed, (uint)(seed >> 32));
            (four[0], four[1]) = Gaussians(words.X0, words.X1);
            (four[2], four[3]) = Gaussians(words.X2, words.X3);
            Span<float> wanted = four[(int)(place & 3)..], rest = values[filled..];
            int count = Math.Min(wanted.Length, rest.Length);
            wanted[..count].CopyTo(rest);
            filled += count;
        }
    }

    private static (float First, float Second) Gaussians(uint a, uint b)
    {
        // (a + 1) / 2^32 lies in (0, 1], so that the logarithm is finite.
        double radius = Math.Sqrt(-2 * Math.Log((a + 1.0) * ToUnit));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * (b * ToUnit));
        return ((float)(radius * cosine), (float)(radius * sine));
    }
}
