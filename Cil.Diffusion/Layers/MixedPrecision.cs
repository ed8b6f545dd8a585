using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>
/// Norms and gates whose activations may be bfloat16 while the norms' weights are float32. On the processor
/// libtorch computes such norms in float32 and rounds once. On a GPU the weights are rounded to the activations' type, as the
/// originals do in half precision: its norms want one type, and a float32 copy of the activations would triple what they
/// move.
/// </summary>
internal static class MixedPrecision
{
    /// <summary>value · gelu(gate) of a GEGLU feed-forward.</summary>
    /// <param name="projected">(…, 2 w): values, then gates.</param>
    /// <returns>(…, w).</returns>
    /// <exception cref="ArgumentException">the last dimension is odd</exception>
    internal static Tensor GatedGelu(Tensor projected)
    {
        if (projected.shape[^1] % 2 != 0)
        {
            throw new ArgumentException(
                $"projected: expected an even last dimension, got ({string.Join(", ", projected.shape)})", nameof(projected));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor[] halves = projected.chunk(2, -1);
        // In bfloat16 oneDNN's gelu came out wrong on a processor (libtorch 2.10, AMD EPYC): float32 there, rounded once.
        bool isExact = halves[1].dtype == ScalarType.BFloat16 && halves[1].device_type == DeviceType.CPU;
        Tensor gated = isExact ? (halves[0].@float() * F.gelu(halves[1].@float())).bfloat16() : halves[0] * F.gelu(halves[1]);
        return gated.MoveToOuterDisposeScope();
    }

    /// <summary>Group norm, and SiLU behind it if wanted.</summary>
    /// <param name="x">(N, C, …).</param>
    /// <param name="weight">(C), float32.</param>
    /// <param name="bias">(C), float32.</param>
    internal static Tensor GroupNorm(Tensor x, long groups, Tensor weight, Tensor bias, double eps, bool silu)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = TypeOfNorm(x);
        Tensor normed = F.group_norm(x, groups, weight.to(type), bias.to(type), eps);
        if (silu) normed = is_grad_enabled() ? F.silu(normed) : F.silu(normed, inplace: true);
        return normed.MoveToOuterDisposeScope();
    }

    /// <summary>Layer norm over the last axis.</summary>
    /// <param name="x">(…, width).</param>
    /// <param name="weight">(width), float32.</param>
    /// <param name="bias">(width), float32.</param>
    internal static Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, double eps)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = TypeOfNorm(x);
        return F.layer_norm(x, weight.shape, weight.to(type), bias.to(type), eps).MoveToOuterDisposeScope();
    }

    private static ScalarType TypeOfNorm(Tensor x) => x.device_type == DeviceType.CUDA ? x.dtype : ScalarType.Float32;
}
