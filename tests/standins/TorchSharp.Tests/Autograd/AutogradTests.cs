using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Autograd;

public sealed class AutogradTests
{
    [Fact]
    public void Backward_OfASquare_IsTwiceTheArgument()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor([1.0, -2.0, 3.0]).requires_grad_();
        x.square().sum().backward();
        Assert.Equal([2.0, -4.0, 6.0], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void Backward_Twice_AddsToTheGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(3.0).requires_grad_();
        x.sin().backward();
        x.sin().backward();
        Assert.Equal(2 * Math.Cos(3.0), x.grad!.item<double>(), 12);
    }

    [Fact]
    public void Backward_OfSilu_IsItsClosedForm()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(0.7).requires_grad_();
        nn.functional.silu(x).backward();
        double s = 1 / (1 + Math.Exp(-0.7));
        Assert.Equal(s * (1 + (0.7 * (1 - s))), x.grad!.item<double>(), 12);
    }

    [Fact]
    public void NoGrad_RecordsNothing_AndEndsWithItsScope()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
        }

        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void NoGrad_HoldsOnItsOwnThreadOnly()
    {
        bool elsewhere = false;
        using (no_grad())
        {
            var thread = new Thread(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();
        }

        Assert.True(elsewhere);
    }

    [Fact]
    public void InferenceMode_MakesTensorsThatCannotBeTrained()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor made;
        using (inference_mode()) made = ones(2);
        Assert.False(is_inference_mode_enabled());
        Assert.ThrowsAny<Exception>(() => made.requires_grad_().square().sum().backward());
    }

    [Fact]
    public void Grad_OfATensorWithoutOne_IsNull()
    {
        using Tensor x = ones(1);
        Assert.Null(x.grad);
    }
}
