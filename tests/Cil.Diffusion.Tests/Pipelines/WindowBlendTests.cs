using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

public sealed class WindowBlendTests
{
    // Two neighbours share 2 frames, then 5 of 6, so that three windows share some.
    private static readonly FrameRange[] Windows = [new(0, 6), new(4, 6), new(5, 6), new(9, 6)];

    [Fact]
    public void Weights_OfTwoWindows_AreRampsThatAddUpToOne()
    {
        FrameRange[] windows = [new(0, 5), new(2, 5)];
        var first = new WindowBlend(windows, 0);

        Assert.Equal([0, 1], first.Neighbours);
        Assert.Equal([1f, 1f, 0.75f, 0.5f, 0.25f], first.Weights(0));
        Assert.Equal([0.25f, 0.5f, 0.75f], first.Weights(1));
        Assert.Equal([0.75f, 0.5f, 0.25f], new WindowBlend(windows, 1).Weights(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Weights_OfManyWindows_AddUpToOneInEveryFrame(int window)
    {
        var blend = new WindowBlend(Windows, window);
        double[] sums = new double[6];
        foreach (int neighbour in blend.Neighbours)
        {
            int first = Math.Max(Windows[neighbour].First - Windows[window].First, 0);
            foreach ((int index, float weight) in blend.Weights(neighbour).Index()) sums[first + index] += weight;
        }

        Assert.All(sums, sum => Assert.InRange(sum, 1 - 1e-6, 1 + 1e-6));
    }

    [Fact]
    public void Blend_GivesEveryWindowTheSameBitsInFramesThatItShares()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] predictions =
            [.. Enumerable.Range(0, Windows.Length).Select(window => CounterNoise.Draw(3, window, NoisePurpose.Start, 0, [1, 3, 6, 5, 7]))];
        Tensor[] blended = [.. Enumerable.Range(0, Windows.Length).Select(window =>
        {
            var blend = new WindowBlend(Windows, window);
            return blend.Blend([.. blend.Neighbours.Select(neighbour => predictions[neighbour])]);
        })];

        for (int one = 0; one < Windows.Length; one++)
        {
            for (int other = 0; other < Windows.Length; other++)
            {
                int first = Math.Max(Windows[one].First, Windows[other].First),
                    count = Math.Min(Windows[one].End, Windows[other].End) - first;
                if (count <= 0) continue;
                Assert.Equal(
                    Frames(blended[one], first - Windows[one].First, count), Frames(blended[other], first - Windows[other].First, count));
            }
        }

        // A frame of one window alone is its prediction.
        Assert.Equal(Frames(predictions[0], 0, 4), Frames(blended[0], 0, 4));
        Assert.NotEqual(Frames(predictions[0], 4, 2), Frames(blended[0], 4, 2));
    }

    [Fact]
    public void Blend_OfStatistics_IsThatOfTheirExpectations()
    {
        var statistics = new LatentStatistics([0, 4], [1, 2, 1, 1], 3, 9);
        FrameRange[] windows = [new(0, 2), new(1, 2), new(2, 2)];

        // Frame 1 is the first window's second and the second's first, half and half.
        Assert.Equal([0, 2], new WindowBlend(windows, 0).Blend(statistics).Expectation);
        Assert.Equal([2, 2], new WindowBlend(windows, 1).Blend(statistics).Expectation);
        Assert.Equal([2, 4], new WindowBlend(windows, 2).Blend(statistics).Expectation);
        Assert.Equal((3, 9), (new WindowBlend(windows, 2).Blend(statistics).Variance, statistics.Clips));
    }

    [Fact]
    public void Blend_OfOneWindow_IsItsPrediction()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = CounterNoise.Draw(3, 0, NoisePurpose.Start, 0, [1, 3, 6, 5, 7]);

        Assert.Equal(Frames(prediction, 0, 6), Frames(new WindowBlend([new(0, 6)], 0).Blend([prediction]), 0, 6));
        _ = Assert.Throws<ArgumentException>(() => new WindowBlend(Windows, 1).Blend([prediction]));
    }

    private static float[] Frames(Tensor tensor, long first, long count) =>
        tensor.narrow(2, first, count).contiguous().data<float>().ToArray();
}
