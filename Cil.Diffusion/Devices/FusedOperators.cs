using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Devices;

/// <summary>Steps of the networks that one pass over memory does where the native library is there, and a few operators elsewhere.</summary>
public static class FusedOperators
{
    /// <summary>
    /// value · gelu(gate) of a GEGLU feed-forward. On the CPU without gradients: one kernel, within 2e-7 · |value · gate| of
    /// the operators.
    /// </summary>
    /// <param name="projected">(…, 2 w): values, then gates.</param>
    /// <returns>(…, w).</returns>
    /// <exception cref="ArgumentException">the last dimension is odd</exception>
    public static Tensor GatedGelu(Tensor projected)
    {
        if (projected.shape[^1] % 2 != 0)
        {
            throw new ArgumentException($"projected: expected an even last dimension, got ({string.Join(", ", projected.shape)})", nameof(projected));
        }

        return Fits(projected) ? Fused(projected) : Composed(projected);
    }

    internal static Tensor Composed(Tensor projected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] halves = projected.chunk(2, -1);
        return (halves[0] * F.gelu(halves[1])).MoveToOuterDisposeScope();
    }

    private static bool Fits(Tensor projected) =>
        NativeLibtorch.IsPresent && projected.device_type == DeviceType.CPU
        && projected.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && !(is_grad_enabled() && projected.requires_grad);

    private static Tensor Fused(Tensor projected)
    {
        nint made = NativeLibtorch.cil_gated_gelu(projected.Handle);
        GC.KeepAlive(projected);
        return made != 0
            ? Tensor.UnsafeCreateTensor(made)
            : throw new InvalidOperationException(Marshal.PtrToStringUTF8(NativeLibtorch.cil_last_error()));
    }
}
