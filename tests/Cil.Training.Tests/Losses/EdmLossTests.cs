using Cil.TestKit.Models;
using Cil.Training.Losses;
using static TorchSharp.torch;

namespace Cil.Training.Tests.Losses;

public sealed class EdmLossTests : IDisposable
{
    private readonly Golden golden = new("svd/training");

    [Fact]
    public void Compute_OfANetworkThatKnows_IsZero()
    {
        Tensor latents = golden["latents"], noise = golden["timenoise.noise"];
        const double Sigma = 0.5, Variance = 1.25;
        Tensor noisy = latents + (noise * Sigma);
        // Solved for the output: clean = output * -sigma / sqrt(sigma² + 1) + noisy / (sigma² + 1).
        Tensor knows = (latents - (noisy / Variance)) * (-Math.Sqrt(Variance) / Sigma);

        using Tensor loss = EdmLoss.Compute(
            (_, _) => knows, latents, latents.select(1, 0), new EdmDraws { Sigmas = [Sigma, Sigma], Noise = noise });

        Assert.InRange(loss.item<float>(), 0, 1e-10);
    }

    [Fact]
    public void Compute_WithDrawsOfAnotherShape_NamesBoth()
    {
        var draws = new EdmDraws { Sigmas = [1], Noise = ones(1) };

        string message = Assert.Throws<ArgumentException>(() => EdmLoss.Compute((x, _) => x, golden["latents"], ones(1), draws)).Message;

        Assert.Contains("expected 2 noise levels and noise of (2, 4, 4, 8, 8), got 1 and (1)", message, StringComparison.Ordinal);
    }

    public void Dispose() => golden.Dispose();
}
