using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Tests.Layers;

public sealed class ProductTests
{
    [Theory]
    [InlineData(128)]
    [InlineData(131)]
    [InlineData(14 * 32 * 32)]
    public void Of_AnyNumberOfRows_IsTheProduct(long rows)
    {
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor x = randn([rows, 256], generator: generator),
            weight = randn([320, 256], generator: generator), bias = randn([320], generator: generator);

        Tensor actual = Product.Of(x, weight, bias, isIntel: false);

        Assert.Equal([rows, 320], actual.shape);
        Assert.True(actual.is_contiguous());
        // Sums of 256 products of float32, up to about 80.
        Assert.Equal(0, (actual.@double() - F.linear(x.@double(), weight.@double(), bias.@double())).abs().max().ToDouble(), 1e-4);
    }

    [Fact]
    public void Of_RowsInAnyShapeAndWithoutBias_IsTheProduct()
    {
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(2);
        Tensor x = randn([6, 30, 256], generator: generator).transpose(0, 1), weight = randn([288, 256], generator: generator);

        Tensor actual = Product.Of(x, weight, bias: null, isIntel: false);

        Assert.Equal([30, 6, 288], actual.shape);
        Assert.Equal(0, (actual.@double() - F.linear(x.@double(), weight.@double())).abs().max().ToDouble(), 1e-4);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Attention_OfAnyTypeAndLength_IsItsFormula(bool isBFloat16, bool isIntel)
    {
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        foreach ((long rows, long keys) in new[] { (16L, 16L), (300L, 77L), (300L, 300L) })
        {
            Tensor q = randn([5, rows, 64], generator: generator),
                k = randn([5, keys, 64], generator: generator), v = randn([5, keys, 64], generator: generator);
            if (isBFloat16) (q, k, v) = (q.bfloat16(), k.bfloat16(), v.bfloat16());
            Tensor actual = Attention.MultiHead(q, k, v, heads: 4, mask: null, isIntel).@double();

            Tensor Split(Tensor x) => x.@double().view(5, -1, 4, 16).transpose(1, 2);
            Tensor expected = (Split(q).matmul(Split(k).transpose(2, 3)) / 4)
                .softmax(-1)
                .matmul(Split(v))
                .transpose(1, 2)
                .reshape(5, rows, 64);

            // bfloat16 has 8 bits of mantissa: scores, weights and sums are rounded to it.
            Assert.Equal(0, (actual - expected).abs().max().ToDouble(), isBFloat16 ? 0.04 : 1e-5);
        }
    }
}
