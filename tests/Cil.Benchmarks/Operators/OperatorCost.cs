using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Layers;
using Cil.Diffusion.Layers.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Benchmarks.Operators;

/// <summary>
/// What the networks' operators take on a processor, as libtorch has them and as they are done here, in the sizes of a U-Net's levels
/// at 32 x 32 latents; and the most that its products and convolutions reach, which is the machine's limit.
/// </summary>
internal static class OperatorCost
{
    private const long Frames = 14, HeadWidth = 64;

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        using IDisposable noGradients = no_grad();
        foreach (ScalarType type in (ScalarType[])[float32, bfloat16])
        {
            foreach ((long channels, long side) in ((long, long)[])[(128, 32), (256, 16), (512, 8)])
            {
                using DisposeScope scope = NewDisposeScope();
                string name = type == float32 ? "float32" : "bfloat16";
                Console.WriteLine($"  {name}, {Frames} frames of {side} x {side}, {channels} channels");
                Convolutions(type, channels, side, options);
                Norms(type, channels, side, options);
                FeedForward(type, channels, side, options);
                OverFrames(type, channels, side, options);
                OverPixels(type, channels, side, options);
            }
        }

        return Task.FromResult(true);
    }

    private static void Convolutions(ScalarType type, long channels, long side, BenchmarkOptions options)
    {
        Tensor x = randn(Frames, channels, side, side).to(type), last = ChannelsLast.Enter(x);
        Tensor square = randn(channels, channels, 3, 3).to(type), overTime = randn(channels, channels, 3, 1).to(type);
        double operations = 2.0 * Frames * side * side * channels * channels;
        Compare(
            "convolution 3 x 3", options, () => F.conv2d(x, square, null, padding: [1, 1]),
            () => F.conv2d(last, square, null, padding: [1, 1]), operations * 9);
        Compare(
            "convolution over time", options,
            () => F.conv2d(ChannelsLast.ToVideo(x, Frames), overTime, null, padding: [1, 0]),
            () => F.conv2d(ChannelsLast.ToVideo(last, Frames), overTime, null, padding: [1, 0]), operations * 3);
    }

    private static void Norms(ScalarType type, long channels, long side, BenchmarkOptions options)
    {
        Tensor x = randn(Frames, channels, side, side).to(type), weight = randn(channels), bias = randn(channels);
        Tensor rows = ChannelsLast.ToTokens(x).contiguous();
        Compare(
            "group norm and SiLU", options,
            () => MixedPrecision.GroupNorm(x, 32, weight, bias, 1e-5, silu: true).flatten(2).transpose(1, 2),
            () => GroupNormKernel.Run(rows, 32, weight, bias, 1e-5, silu: true));
    }

    private static void FeedForward(ScalarType type, long channels, long side, BenchmarkOptions options)
    {
        Tensor x = randn(Frames * side * side, channels).to(type), weight = (randn(channels * 8, channels) / Math.Sqrt(channels)).to(type);
        Tensor inside = randn(x.size(0), channels * 8).to(type);
        Compare(
            "product, 8 times as wide", options, () => F.linear(x, weight), () => Product.Of(x, weight, null),
            2.0 * x.size(0) * weight.numel());
        Compare("gate of GEGLU", options, () => MixedPrecision.GatedGelu(inside), () => GeluGateKernel.Run(inside));
    }

    private static void OverFrames(ScalarType type, long channels, long side, BenchmarkOptions options)
    {
        Tensor Random() => randn(1, Frames, side * side, channels).to(type);
        (Tensor q, Tensor k, Tensor v) = (Random(), Random(), Random());
        Tensor Sequences(Tensor x) => x.transpose(1, 2).reshape(side * side, Frames, channels / HeadWidth, HeadWidth).transpose(1, 2);
        Compare(
            "attention over frames", options,
            () => F.scaled_dot_product_attention(Sequences(q), Sequences(k), Sequences(v)).permute(2, 0, 1, 3).reshape(q.shape),
            () => FrameAttentionKernel.Run(q, k, v, (int)(channels / HeadWidth)), 4.0 * Frames * Frames * side * side * channels);
    }

    private static void OverPixels(ScalarType type, long channels, long side, BenchmarkOptions options)
    {
        Tensor Random() => randn(Frames, side * side, channels).to(type);
        (Tensor q, Tensor k, Tensor v) = (Random(), Random(), Random());
        Tensor Split(Tensor x) => x.view(Frames, side * side, channels / HeadWidth, HeadWidth).transpose(1, 2);
        Compare(
            "attention over pixels", options,
            () => F.scaled_dot_product_attention(Split(q), Split(k), Split(v)).transpose(1, 2).reshape(q.shape),
            () => Attention.MultiHead(q, k, v, channels / HeadWidth), 4.0 * Frames * Math.Pow(side, 4) * channels);
    }

    /// <param name="operations">Of one run; 0 where memory, not arithmetic, is the limit.</param>
    private static void Compare(string name, BenchmarkOptions options, Func<Tensor> theirs, Func<Tensor> ours, double operations = 0)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = theirs().@float(), actual = ours().@float();
        double difference = ((actual - expected).abs().max() / expected.abs().max()).ToDouble();
        if (!(difference < 0.03)) throw new InvalidOperationException($"{name}: differs from libtorch's by {difference:G2}");
        (Samples libtorch, Samples mine) = (new Samples(name), new Samples(name));
        for (int run = 0; run < 3 * options.Runs; run++)
        {
            libtorch.Time(() => Run(theirs));
            mine.Time(() => Run(ours));
        }

        string speed = operations == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; {operations / libtorch.Median / 1e9:F0} and {operations / mine.Median / 1e9:F0} billion operations a second");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    {name,-23} libtorch {libtorch.Median * 1e3,7:F2} ms, here {mine.Median * 1e3,7:F2} ms: ")
            + string.Create(CultureInfo.InvariantCulture, $"{mine.Median / libtorch.Median:F2}")
                + speed);
    }

    private static void Run(Func<Tensor> act)
    {
        using DisposeScope scope = NewDisposeScope();
        _ = act();
    }
}
