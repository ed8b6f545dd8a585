using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>What the kernels of this folder read and write: numbers of dense tensors on the processor.</summary>
internal static unsafe class Kernel
{
    /// <summary>Numbers in one register.</summary>
    internal const int Lanes = 16;

    /// <summary>Whether a kernel may take it: on the processor, without gradients, float32 or bfloat16.</summary>
    internal static bool Takes(Tensor x) =>
        x.device_type == DeviceType.CPU && !is_grad_enabled() && x.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>The first number of a dense tensor.</summary>
    /// <exception cref="ArgumentException">it is not dense</exception>
    internal static nint Pointer(Tensor x, [CallerArgumentExpression(nameof(x))] string name = "")
    {
        if (!x.is_contiguous())
            throw new ArgumentException($"{name}: expected a dense tensor, got strides {string.Join(", ", x.stride())}");
        using Tensor flat = x.view(-1);
        using Tensor first = flat.narrow(0, 0, 1); // a span holds 2^31 bytes, the tensor may hold more
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
