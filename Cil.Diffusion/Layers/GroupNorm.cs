using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>Group norm with 32 groups, computed in float32 whatever the activations are, then cast back.</summary>
public sealed class GroupNorm(WeightScope weights, long channels, double eps)
{
    private const long Groups = 32;
    private readonly Tensor weight = weights.Get("weight", Initial.NormWeight, channels);
    private readonly Tensor bias = weights.Get("bias", Initial.NormBias, channels);

    /// <param name="x">(N, channels, ...).</param>
    public Tensor Forward(Tensor x)
    {
        if (x.dtype == ScalarType.Float32) return F.group_norm(x, Groups, weight, bias, eps);
        return F.group_norm(x.to(ScalarType.Float32), Groups, weight, bias, eps).to(x.dtype);
    }
}
