using TorchSharp;
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
        using var data = noise.data<float>();
        var values = new float[noise.numel()];
        Fill(values, seed, window, purpose, step);
        data.CopyFrom(values);
        return noise;
    }

    /// <inheritdoc cref="Draw"/>
    public static void Fill(Span<float> values, ulong seed, int window, NoisePurpose purpose, int step)
    {
        uint use = ((uint)purpose << 24) | (uint)step;
        Span<float> four = stackalloc float[4];
        for (int start = 0; start < values.Length; start += 4)
        {
            var words = Philox.Draw((uint)(start >> 2), (uint)window, use, 0, (uint)seed, (uint)(seed >> 32));
            (four[0], four[1]) = Gaussians(words.X0, words.X1);
            (four[2], four[3]) = Gaussians(words.X2, words.X3);
            Span<float> rest = values[start..];
            four[..Math.Min(4, rest.Length)].CopyTo(rest);
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
