using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Devices;

/// <summary>
/// Steps of the networks that take one pass over memory where the native library is there, on the CPU and without
/// gradients; elsewhere they are a few operators. Sums are float32 whatever the activations are. On a GPU the weights of norms
/// are rounded to the activations' type, as the originals do in half precision: its norms want one type, and a float32 copy of
/// the activations would triple what they move.
/// </summary>
public static class FusedOperators
{
    /// <summary>value · gelu(gate) of a GEGLU feed-forward; the kernel is within 2e-7 · |value · gate| of the operators.</summary>
    /// <param name="projected">(…, 2 w): values, then gates.</param>
    /// <returns>(…, w).</returns>
    /// <exception cref="ArgumentException">the last dimension is odd</exception>
    public static Tensor GatedGelu(Tensor projected)
    {
        if (projected.shape[^1] % 2 != 0)
        {
            throw new ArgumentException($"projected: expected an even last dimension, got ({string.Join(", ", projected.shape)})", nameof(projected));
        }

        if (!Fits(projected)) return GatedGeluOfOperators(projected);
        nint made = NativeLibtorch.cil_gated_gelu(projected.Handle);
        GC.KeepAlive(projected);
        return Made(made);
    }

    /// <summary>Group norm, and SiLU behind it if wanted.</summary>
    /// <param name="x">(N, C, …).</param>
    /// <param name="weight">(C), float32.</param>
    /// <param name="bias">(C), float32.</param>
    public static Tensor GroupNorm(Tensor x, long groups, Tensor weight, Tensor bias, double eps, bool silu)
    {
        if (Fits(x) && AreFixed(weight, bias)) return Norm(x, groups, weight, bias, eps, silu);
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = TypeOfNorm(x);
        Tensor normed = F.group_norm(x.to(type), groups, weight.to(type), bias.to(type), eps).to(x.dtype);
        return (silu ? F.silu(normed) : normed).MoveToOuterDisposeScope();
    }

    /// <summary>Layer norm over the last axis.</summary>
    /// <param name="x">(…, width).</param>
    /// <param name="weight">(width), float32.</param>
    /// <param name="bias">(width), float32.</param>
    public static Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, double eps)
    {
        if (Fits(x) && AreFixed(weight, bias)) return Norm(x, 0, weight, bias, eps, silu: false);
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = TypeOfNorm(x);
        return F.layer_norm(x.to(type), weight.shape, weight.to(type), bias.to(type), eps).to(x.dtype).MoveToOuterDisposeScope();
    }

    private static ScalarType TypeOfNorm(Tensor x) => x.device_type == DeviceType.CUDA ? x.dtype : ScalarType.Float32;

    private static Tensor GatedGeluOfOperators(Tensor projected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] halves = projected.chunk(2, -1);
        return (halves[0] * F.gelu(halves[1])).MoveToOuterDisposeScope();
    }

    private static bool Fits(Tensor x) =>
        NativeLibtorch.IsPresent && x.device_type == DeviceType.CPU
        && x.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && !(is_grad_enabled() && x.requires_grad);

    private static bool AreFixed(Tensor weight, Tensor bias) =>
        weight.dtype == ScalarType.Float32 && bias.dtype == ScalarType.Float32 && Fits(weight) && Fits(bias);

    private static Tensor Norm(Tensor x, long groups, Tensor weight, Tensor bias, double eps, bool silu)
    {
        nint made = NativeLibtorch.cil_norm(x.Handle, groups, weight.Handle, bias.Handle, eps, silu ? 1 : 0);
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return Made(made);
    }

    private static Tensor Made(nint handle) => handle != 0
        ? Tensor.UnsafeCreateTensor(handle)
        : throw new InvalidOperationException(Marshal.PtrToStringUTF8(NativeLibtorch.cil_last_error()));
}
