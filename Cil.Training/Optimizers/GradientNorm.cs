using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Optimizers;

/// <summary>The global L2 norm of the gradients, and the factor that clips it.</summary>
public static class GradientNorm
{
    /// <summary>Norm over all parameters that have a gradient, in float64.</summary>
    public static double Total(IReadOnlyList<NamedParameter> parameters)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        return Math.Sqrt(new FlatParameters(parameters).Gradients().square().sum(ScalarType.Float64).ToDouble());
    }

    /// <summary>
    /// Factor for gradients of norm <paramref name="total"/> so that it is at most <paramref name="limit"/>; the 1e-6 is
    /// PyTorch's.
    /// </summary>
    public static double ClipFactor(double total, double limit) => Math.Min(1, limit / (total + 1e-6));
}
