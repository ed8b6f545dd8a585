using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Tests.Layers;

public sealed class Conv2dTests
{
    [Theory]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 1)]
    [InlineData(15, 8)]
    [InlineData(16, 8)]
    public void Gradient_OfFewOutputChannels_IsThatOfFloat64(long outChannels, long batch)
    {
        using IDisposable gradients = set_grad_enabled(true);
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var weights = new FreshWeights(1, zeros: false);
        var conv = new Conv2d(WeightScope.Root(weights), 32, outChannels, 3, padding: 1);
        Tensor numbers = randn([batch, 32, 8, 8], generator: generator), wanted = randn([batch, outChannels, 8, 8], generator: generator);
        Tensor x = numbers.clone().requires_grad_(), exact = numbers.@double().requires_grad_();
        Dictionary<string, Tensor> parameters = weights.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);

        (conv.Forward(x) * wanted).sum().backward();
        (F.conv2d(exact, parameters["weight"].@double(), parameters["bias"].@double(), padding: [1, 1]) * wanted.@double())
            .sum()
            .backward();

        // Float32 sums of up to 135 products.
        Assert.Equal(0, ((x.grad!.@double() - exact.grad!).abs().max() / exact.grad!.abs().max()).ToDouble(), 1e-5);
    }
}
