using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>
/// Norms and gates whose activations may be bfloat16 while the norms' weights are float32. On the processor libtorch takes the two
/// types as they are and sums in float32. On a GPU the weights are rounded to the activations' type, as the originals do in half
/// precision: its norms want one type, and a float32 copy of the activations would triple what they move.
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
            throw new ArgumentException($"projected: expected an even last dimension, got ({string.Join(", ", projected.shape)})", nameof(projected));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor[] halves = projected.chunk(2, -1);
        // oneDNN's gelu of bfloat16 takes the half of a row for dense memory.
        Tensor gate = F.gelu(halves[1].dtype == ScalarType.BFloat16 ? halves[1].contiguous() : halves[1]);
        Tensor gated = is_grad_enabled() && projected.requires_grad ? halves[0] * gate : gate.mul_(halves[0]);
        return gated.MoveToOuterDisposeScope();
    }

    /// <summary>Group norm, and SiLU behind it if wanted.</summary>
    /// <param name="x">(N, C, …).</param>
    /// <param name="weight">(C), float32.</param>
    /// <param name="bias">(C), float32.</param>
    internal static Tensor GroupNorm(Tensor x, long groups, Tensor weight, Tensor bias, double eps, bool silu)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor w, Tensor b) = Parameters(x, weight, bias);
        Tensor normed = F.group_norm(x, groups, w, b, eps);
        if (silu) normed = is_grad_enabled() && normed.requires_grad ? F.silu(normed) : F.silu(normed, inplace: true);
        return normed.MoveToOuterDisposeScope();
    }

    /// <summary>Layer norm over the last axis.</summary>
    /// <param name="x">(…, width).</param>
    /// <param name="weight">(width), float32.</param>
    /// <param name="bias">(width), float32.</param>
    internal static Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, double eps)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor w, Tensor b) = Parameters(x, weight, bias);
        return F.layer_norm(x, weight.shape, w, b, eps).MoveToOuterDisposeScope();
    }

    private static (Tensor Weight, Tensor Bias) Parameters(Tensor x, Tensor weight, Tensor bias) =>
        x.device_type == DeviceType.CUDA ? (weight.to(x.dtype), bias.to(x.dtype)) : (weight, bias);
}
