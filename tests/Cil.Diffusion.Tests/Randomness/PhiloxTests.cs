using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Randomness;

public sealed class PhiloxTests
{
    // Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Draw_OnKnownCounters_GivesTheKnownAnswers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3)
        => Assert.Equal((x0, x1, x2, x3), Philox.Draw(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Noise_IsStandardNormal()
    {
        float[] values = new float[400_000];
        CounterNoise.Fill(values, 7, 0, NoisePurpose.Start, 0);

        double mean = values.Average(value => (double)value);
        double variance = values.Average(value => (value - mean) * (value - mean));
        double fourth = values.Average(value => Math.Pow(value - mean, 4));

        // Five standard errors of each estimate at this count.
        Assert.InRange(mean, -5 / Math.Sqrt(values.Length), 5 / Math.Sqrt(values.Length));
        Assert.InRange(variance, 1 - (5 * Math.Sqrt(2.0 / values.Length)), 1 + (5 * Math.Sqrt(2.0 / values.Length)));
        Assert.InRange(fourth, 3 - (5 * Math.Sqrt(96.0 / values.Length)), 3 + (5 * Math.Sqrt(96.0 / values.Length)));
    }

    [Theory]
    [InlineData(8ul, 0, NoisePurpose.Start, 0)]
    [InlineData(7ul, 1, NoisePurpose.Start, 0)]
    [InlineData(7ul, 0, NoisePurpose.Step, 0)]
    [InlineData(7ul, 0, NoisePurpose.Start, 1)]
    public void Noise_OfAnotherKey_IsAnother(ulong seed, int window, NoisePurpose purpose, int step)
    {
        using Tensor one = CounterNoise.Draw(7, 0, NoisePurpose.Start, 0, [4, 5]);
        using Tensor same = CounterNoise.Draw(7, 0, NoisePurpose.Start, 0, [4, 5]);
        using Tensor other = CounterNoise.Draw(seed, window, purpose, step, [4, 5]);

        Assert.Equal(one.data<float>().ToArray(), same.data<float>().ToArray());
        Assert.NotEqual(one.data<float>().ToArray(), other.data<float>().ToArray());
    }

    [Fact]
    public void Noise_BeginningOfALongerDraw_IsTheSame()
    {
        float[] few = new float[7];
        float[] many = new float[100];
        CounterNoise.Fill(few, 3, 0, NoisePurpose.Step, 2);
        CounterNoise.Fill(many, 3, 0, NoisePurpose.Step, 2);

        Assert.Equal(few, many[..7]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Noise_OfSomeFrames_IsThatOfTheWholeVideo(int first)
    {
        // 15 numbers a frame: frames begin at every place of a Philox block.
        using Tensor whole = CounterNoise.Draw(7, 2, NoisePurpose.Step, 3, [1, 2, 9, 3, 5]);
        using Tensor wanted = whole.narrow(2, first, 4).contiguous();

        using Tensor some = CounterNoise.DrawFrames(7, 2, NoisePurpose.Step, 3, [1, 2, 4, 3, 5], first, frames: 9);

        Assert.Equal(wanted.data<float>().ToArray(), some.data<float>().ToArray());
    }
}
