using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Tests.Devices;

public sealed class FusedOperatorTests
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
        Tensor actual = FusedOperators.GatedGelu(projected);
        Assert.Equal([rows, columns / 2], actual.shape);
        // The series for erf is within 1.5e-7; value and gate go up to about 10 here.
        Assert.True((actual - expected).abs().max().ToSingle() < 1e-5);
    }

    [Fact]
    public void GatedGelu_FarFromZero_IsTheGateItselfOrNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = tensor([1f, 1f, 1f, 1f, 50f, -50f, 0f, -5f], [1, 8]);
        float[] result = FusedOperators.GatedGelu(projected).data<float>().ToArray();
        Assert.Equal([50f, 0f, 0f], result[..3]);
        // -5 Φ(-5), to half of 1.5e-7 · 5, which is what the series for erf allows.
        Assert.Equal(-5 * 2.866515719235352e-7, result[3], 4e-7);
    }

    [Fact]
    public void GatedGelu_OfBFloat16_RoundsOnce()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = randn([40, 36], generator: new Generator(2)).bfloat16();
        Tensor expected = FusedOperators.GatedGelu(projected.@float()).bfloat16();
        Assert.True(FusedOperators.GatedGelu(projected).Equals(expected) || DeviceMemory.Read() is null);
    }

    [Fact]
    public void GatedGelu_WithGradients_HasThem()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = randn([2, 6], generator: new Generator(3)).requires_grad_();
        FusedOperators.GatedGelu(projected).sum().backward();
        Assert.Equal([2, 6], projected.grad!.shape);
    }

    [Fact]
    public void GatedGelu_OfAnOddWidth_IsRefused()
    {
        using Tensor odd = ones(2, 3);
        ArgumentException error = Assert.Throws<ArgumentException>(() => FusedOperators.GatedGelu(odd));
        Assert.Contains("even last dimension, got (2, 3)", error.Message, StringComparison.Ordinal);
    }
}
