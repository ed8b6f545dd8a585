using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Samplers;

/// <summary>
/// One step of DDIM (Song et al., "Denoising diffusion implicit models", equation 12; lvdm/models/samplers/ddim.py,
/// p_sample_ddim).
/// </summary>
public static class DdimStep
{
    /// <param name="x">Latents at this step's time.</param>
    /// <param name="output">The network's output after guidance, shaped as x.</param>
    /// <param name="tables">The run's tables.</param>
    /// <param name="index">The step's place in the tables: the last first, 0 at the end.</param>
    /// <param name="noise">N(0, 1) shaped as x; used where this step's sigma is not 0.</param>
    /// <returns>Latents at the next time, and the predicted x0 with the dynamic rescale applied.</returns>
    public static (Tensor Next, Tensor PredictedX0) Apply(
        Tensor x, Tensor output, DdimTables tables, int index, Parameterization parameterization, Tensor noise)
    {
        using DisposeScope scope = NewDisposeScope();
        double a = tables.Alphas[index], previous = tables.AlphasPrevious[index], sigma = tables.Sigmas[index];
        double signal = Math.Sqrt(a), noisy = Math.Sqrt(1 - a);
        // With zero terminal SNR the first step has a = 0: the v formulas never divide by it.
        (Tensor eps, Tensor x0) = parameterization == Parameterization.V
            ? ((output * signal) + (x * noisy), (x * signal) - (output * noisy))
            : (output, (x - (output * noisy)) / signal);
        if (tables.Scale[index] != tables.ScalePrevious[index]) x0 = x0 * ((double)tables.ScalePrevious[index] / tables.Scale[index]);
        Tensor next = (x0 * Math.Sqrt(previous)) + (eps * Math.Sqrt(Math.Max(0, 1 - previous - (sigma * sigma))));
        if (sigma > 0) next = next + (noise * sigma);
        return scope.MoveToOuter(next, x0);
    }
}
