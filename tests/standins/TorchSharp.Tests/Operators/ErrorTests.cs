using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class ErrorTests
{
    [Fact]
    public void MatrixProduct_OfShapesThatDoNotFit_SaysBoth()
    {
        using DisposeScope scope = NewDisposeScope();
        ExternalException error = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(4, 5)));
        Assert.Contains("2x3 and 4x5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACallAfterAFailedOne_Succeeds()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ExternalException>(() => ones(2).view(3));
        Assert.Equal(2, ones(2).sum().item<float>());
    }

    [Fact]
    public void Item_OfAnotherType_IsRefused()
    {
        using Tensor one = ones(1);
        Assert.Throws<ArgumentException>(() => one.item<double>());
    }

    [Fact]
    public void Tensor_OfTooFewNumbers_SaysBothCounts()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => tensor(new float[5], [2, 3]));
        Assert.Contains("5 numbers for shape (2, 3)", error.Message, StringComparison.Ordinal);
    }
}
