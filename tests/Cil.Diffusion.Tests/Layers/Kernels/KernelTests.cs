using Cil.Diffusion.Layers;
using Cil.Diffusion.Layers.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Tests.Layers.Kernels;

/// <summary>What is computed here against libtorch's operators in float64.</summary>
public sealed class KernelTests : IDisposable
{
    private const double BFloat16Step = 1.0 / 256; // of a number, at most, rounded to nearest half of it

    private readonly IDisposable noGradients = no_grad();
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(1, 1, 32, false)]
    [InlineData(5, 700, 64, true)]
    [InlineData(1, 2000, 96, true)]
    [InlineData(30, 9, 128, false)]
    public void GroupNorm_OfRows_IsThatOfFloat64(int items, int rows, int channels, bool silu)
    {
        // Far from zero, where squares lose the digits of what differs.
        Tensor x = (randn([items, rows, channels], generator: new Generator(1)) * 3) + 50;
        Tensor weight = randn([channels], generator: new Generator(2)), bias = randn([channels], generator: new Generator(3));
        foreach (ScalarType type in (ScalarType[])[float32, bfloat16])
        {
            Tensor rounded = x.to(type);
            Tensor expected = F.group_norm(rounded.@double().transpose(1, 2), 32, weight.@double(), bias.@double(), 1e-5).transpose(1, 2);
            if (silu) expected = F.silu(expected);
            Near(expected, GroupNormKernel.Run(rounded, 32, weight, bias, 1e-5, silu), rows == 1 ? 1e-3 : 2e-5);
        }
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(300, 80)]
    public void GeluGate_OfValuesAndGates_IsThatOfFloat64(int rows, int width)
    {
        Tensor x = randn([rows, 2 * width], generator: new Generator(1)) * 3;
        x[0, width] = 60f;
        x[0, width + 1] = -60f;
        foreach (ScalarType type in (ScalarType[])[float32, bfloat16])
        {
            Tensor[] halves = x.to(type).@double().chunk(2, -1);
            Near(halves[0] * F.gelu(halves[1]), GeluGateKernel.Run(x.to(type)), 5e-6);
        }
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(70, 1024)]
    public void Softmax_OfRows_IsThatOfFloat64(int rows, int width)
    {
        Tensor x = randn([rows, width], generator: new Generator(1)) * 20;
        foreach (ScalarType type in (ScalarType[])[float32, bfloat16])
        {
            Tensor scores = x.to(type), expected = scores.@double().softmax(-1);
            SoftmaxKernel.Run(scores);
            Near(expected, scores, 1e-6);
        }
    }

    [Theory]
    [InlineData(1, 1, 3, 1, 16)]
    [InlineData(2, 14, 70, 2, 64)]
    [InlineData(1, 16, 5, 3, 32)]
    [InlineData(1, 25, 9, 1, 64)]
    [InlineData(1, 64, 2, 1, 256)]
    public void FrameAttention_OfTokensWhereTheyLie_IsThatOfFloat64(int batch, int frames, int pixels, int heads, int headWidth)
    {
        Tensor Random(long seed) => randn([batch, frames, pixels, heads * headWidth], generator: new Generator((ulong)seed)) * 2;
        (Tensor query, Tensor key, Tensor value) = (Random(1), Random(2), Random(3));
        foreach (ScalarType type in (ScalarType[])[float32, bfloat16])
        {
            Tensor Sequences(Tensor x) => x.to(type).@double().view(batch, frames, pixels, heads, headWidth).permute(0, 2, 3, 1, 4);
            Tensor shares = (Sequences(query).matmul(Sequences(key).transpose(-1, -2)) / Math.Sqrt(headWidth)).softmax(-1);
            Tensor expected = shares.matmul(Sequences(value)).permute(0, 3, 1, 2, 4).reshape(query.shape);
            Near(expected, FrameAttentionKernel.Run(query.to(type), key.to(type), value.to(type), heads), 2e-5);
        }
    }

    [Fact]
    public void ByHead_OfManyScores_IsTheFusedOperator()
    {
        Tensor Random(long tokens, long seed) => randn([2, tokens, 96], generator: new Generator((ulong)seed));
        (Tensor query, Tensor key, Tensor value) = (Random(600, 1), Random(500, 2), Random(500, 3)); // 500 is no multiple of 16
        Tensor Split(Tensor x) => x.@double().view(2, -1, 3, 32).transpose(1, 2);
        Tensor expected = F.scaled_dot_product_attention(Split(query), Split(key), Split(value)).transpose(1, 2).reshape(query.shape);
        Near(expected, Attention.MultiHead(query, key, value, 3, mask: null, isIntel: false), 2e-5);
    }

    [Fact]
    public void Results_OnAnyNumberOfThreads_AreTheSameBits()
    {
        int before = get_num_threads();
        try
        {
            Tensor x = randn([3, 1000, 64], generator: new Generator(1)), ones = torch.ones(64);
            Tensor q = randn([1, 16, 40, 64], generator: new Generator(2));
            set_num_threads(1);
            (Tensor norm, Tensor mixed) = (GroupNormKernel.Run(x, 32, ones, ones, 1e-5, silu: true), FrameAttentionKernel.Run(q, q, q, 1));
            set_num_threads(2);
            Assert.True(norm.allclose(GroupNormKernel.Run(x, 32, ones, ones, 1e-5, silu: true), 0, 0));
            Assert.True(mixed.allclose(FrameAttentionKernel.Run(q, q, q, 1), 0, 0));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Pointer_OfATensorThatIsNotDense_IsRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Kernel.Pointer(ones(4, 6).t()));
        Assert.Contains("expected a dense tensor, got strides 1, 6", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        scope.Dispose();
        noGradients.Dispose();
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        double allowed = tolerance * Math.Max(1, expected.abs().max().ToDouble());
        Tensor slack = actual.dtype == ScalarType.BFloat16 ? (expected.abs() * BFloat16Step) + allowed : zeros_like(expected) + allowed;
        Tensor difference = (actual.@double() - expected).abs();
        Assert.True((difference <= slack).all().ToBoolean(), $"{actual.dtype}: {difference.max().ToDouble()}");
    }
}
