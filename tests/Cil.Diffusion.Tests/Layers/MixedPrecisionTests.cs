using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Tests.Layers;

public sealed class MixedPrecisionTests
{
    [Theory]
    [InlineData(3, 16)]
    [InlineData(1, 2)]
    [InlineData(500, 70)]
    public void GatedGelu_OfFloat32_IsItsFormula(int rows, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = randn([rows, columns], generator: new Generator(1)) * 3;
        Tensor[] halves = projected.@double().chunk(2, -1);
        Tensor expected = halves[0] * F.gelu(halves[1]);
        Tensor actual = MixedPrecision.GatedGelu(projected);
        Assert.Equal([rows, columns / 2], actual.shape);
        // The series for erf is within 1.5e-7; value and gate go up to about 10 here.
        Assert.True((actual - expected).abs().max().ToSingle() < 1e-5);
    }

    [Fact]
    public void GatedGelu_FarFromZero_IsTheGateItselfOrNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = tensor([1f, 1f, 1f, 1f, 50f, -50f, 0f, -5f], [1, 8]);
        float[] result = MixedPrecision.GatedGelu(projected).data<float>().ToArray();
        Assert.Equal([50f, 0f, 0f], result[..3]);
        // -5 Φ(-5), to half of 1.5e-7 · 5, which is what the series for erf allows.
        Assert.Equal(-5 * 2.866515719235352e-7, result[3], 4e-7);
    }

    [Fact]
    public void GatedGelu_OfBFloat16_RoundsTheGateAndTheProduct()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = randn([40, 36], generator: new Generator(2)).bfloat16();
        Tensor expected = MixedPrecision.GatedGelu(projected.@float());
        // bfloat16 has 8 bits of mantissa, so each of two roundings is within 2^-9 of its number; numbers go up to about 10 here.
        Assert.True(
            (MixedPrecision.GatedGelu(projected).@float() - expected).abs().max().ToSingle() <= expected.abs().max().ToSingle() / 256);
    }

    [Fact]
    public void GatedGelu_WithGradients_HasThem()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = randn([2, 6], generator: new Generator(3)).requires_grad_();
        MixedPrecision.GatedGelu(projected).sum().backward();
        Assert.Equal([2, 6], projected.grad!.shape);
    }

    [Fact]
    public void GatedGelu_OfAnOddWidth_IsRefused()
    {
        using Tensor odd = ones(2, 3);
        ArgumentException error = Assert.Throws<ArgumentException>(() => MixedPrecision.GatedGelu(odd));
        Assert.Contains("even last dimension, got (2, 3)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 64, 1024, true)]
    [InlineData(1, 32, 5000, false)]
    [InlineData(3, 96, 9, true)]
    [InlineData(2, 64, 1, true)]
    public void GroupNorm_OfFloat32_IsItsFormula(int samples, int channels, int size, bool silu)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = (randn([samples, channels, size], generator: new Generator(4)) * 3) + 20;
        (Tensor weight, Tensor bias) = Parameters(channels);
        Tensor expected = F.group_norm(x.@double(), 32, weight.@double(), bias.@double(), 1e-5);
        if (silu) expected = F.silu(expected);
        Tensor actual = MixedPrecision.GroupNorm(x, 32, weight, bias, 1e-5, silu);
        Assert.Equal(x.shape, actual.shape);
        // The mean is 20 with 24 bits, so 1.2e-6 in what is divided by a deviation of 3; groups of 2 numbers can be nearer to each other.
        Assert.Equal(0, (actual - expected).abs().max().ToSingle(), size == 1 ? 1e-3 : 1e-5);
    }

    [Theory]
    [InlineData(500, 64)]
    [InlineData(7, 50)]
    public void LayerNorm_OfFloat32_IsItsFormula(int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn([rows, width], generator: new Generator(5)) * 4;
        (Tensor weight, Tensor bias) = Parameters(width);
        Tensor expected = F.layer_norm(x.@double(), [width], weight.@double(), bias.@double(), 1e-5);
        // Numbers up to 4 or so, each a few roundings of float32 away.
        Assert.Equal(0, (MixedPrecision.LayerNorm(x, weight, bias, 1e-5) - expected).abs().max().ToSingle(), 5e-6);
    }

    [Fact]
    public void Norms_OfBFloat16_RoundOnce()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn([2, 64, 30], generator: new Generator(6)).bfloat16();
        (Tensor weight, Tensor bias) = Parameters(64);
        Tensor rows = x.transpose(1, 2).contiguous();
        Assert.True(MixedPrecision.GroupNorm(x, 32, weight, bias, 1e-5, silu: false)
            .Equals(MixedPrecision.GroupNorm(x.@float(), 32, weight, bias, 1e-5, silu: false).bfloat16()));
        Assert.True(MixedPrecision.LayerNorm(rows, weight, bias, 1e-5)
            .Equals(MixedPrecision.LayerNorm(rows.@float(), weight, bias, 1e-5).bfloat16()));
    }

    [Fact]
    public void Norms_OfTensorsThatDoNotLieDense_AreTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn([2, 10, 64], generator: new Generator(7));
        (Tensor weight, Tensor bias) = Parameters(64);
        Tensor turned = x.transpose(1, 2);
        Assert.True(MixedPrecision.GroupNorm(turned, 32, weight, bias, 1e-5, silu: true)
            .Equals(MixedPrecision.GroupNorm(turned.contiguous(), 32, weight, bias, 1e-5, silu: true)));
    }

    [Fact]
    public void Norms_WhoseParametersWantGradients_HaveThem()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor weight, Tensor bias) = Parameters(64);
        _ = weight.requires_grad_();
        _ = bias.requires_grad_();
        (MixedPrecision.GroupNorm(randn(2, 64, 3), 32, weight, bias, 1e-5, silu: true).sum()
            + MixedPrecision.LayerNorm(randn(2, 64), weight, bias, 1e-5).sum()).backward();
        Assert.Equal([64], weight.grad!.shape);
        Assert.Equal([64], bias.grad!.shape);
    }

    private static (Tensor Weight, Tensor Bias) Parameters(int count)
    {
        var generator = new Generator(8);
        return (randn([count], generator: generator), randn([count], generator: generator));
    }
}
