using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Samplers;

/// <summary>One Euler step with v-prediction on the variance-exploding axis, without churn (diffusers, EulerDiscreteScheduler).</summary>
public static class EulerStep
{
    /// <summary>What the network is given: x / sqrt(sigma² + 1).</summary>
    public static Tensor ScaledInput(Tensor x, double sigma) => x / Math.Sqrt((sigma * sigma) + 1);

    /// <param name="x">Latents at noise level <paramref name="sigma"/>, float32, any shape.</param>
    /// <param name="output">The network's v, of the same shape.</param>
    /// <param name="next">The level to go to; 0 at the end.</param>
    /// <returns>Latents at the next level, and the estimate of clean latents; float32.</returns>
    public static (Tensor Next, Tensor Clean) Apply(Tensor x, Tensor output, double sigma, double next)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sample = x.to(float32);
        double variance = (sigma * sigma) + 1;
        Tensor clean = (output.to(float32) * (-sigma / Math.Sqrt(variance))) + (sample / variance);
        Tensor slope = (sample - clean) / sigma;
        return scope.MoveToOuter(sample + (slope * (next - sigma)), clean);
    }
}
