using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>Sinusoidal embedding, cosines first (lvdm/models/utils_diffusion.py, timestep_embedding).</summary>
public static class TimestepEmbedding
{
    private const double LongestPeriod = 10000;

    /// <param name="values">(B), any number type.</param>
    /// <returns>(B, width), float32.</returns>
    public static Tensor Of(Tensor values, long width)
    {
        long half = width / 2;
        Tensor frequencies = (arange(half, float32, values.device) * (-Math.Log(LongestPeriod) / half)).exp();
        Tensor angles = values.to(float32).unsqueeze(1) * frequencies.unsqueeze(0); // (B, half)
        return cat([angles.cos(), angles.sin()], -1);
    }
}
