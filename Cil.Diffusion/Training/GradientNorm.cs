using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Training;

/// <summary>The global L2 norm of the gradients, and the factor that clips it.</summary>
public static class GradientNorm
{
    /// <summary>Norm over all parameters that have a gradient, in float64.</summary>
    public static double Total(IReadOnlyList<NamedParameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var norms = parameters.Select(p => p.Gradient).OfType<Tensor>().Select(g => g.norm()).ToList();
        return norms.Count == 0 ? 0 : stack(norms).to(ScalarType.Float64).norm().ToDouble();
    }

    /// <summary>Factor for gradients of norm <paramref name="total"/> so that it is at most <paramref name="limit"/>; the 1e-6 is PyTorch's.</summary>
    public static double ClipFactor(double total, double limit) => Math.Min(1, limit / (total + 1e-6));
}
