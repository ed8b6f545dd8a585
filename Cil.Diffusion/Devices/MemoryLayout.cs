using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cil.Diffusion.Devices;

/// <summary>Orders of a picture's numbers in memory. Shapes and results stay the same; only speed changes.</summary>
public static class MemoryLayout
{
    private const int ChannelsLastFormat = 2;
    private const int ChannelsLast3DFormat = 3;

    /// <summary>
    /// The tensor (B, C, h, w) or (B, C, T, h, w) with its channels innermost, which bf16 convolutions prefer: a copy, or the
    /// same memory where it lies so already or where this libtorch cannot be asked for it.
    /// </summary>
    public static Tensor ChannelsLast(Tensor pictures)
    {
        if (!NativeLibtorch.IsPresent) return pictures.alias();
        nint moved = NativeLibtorch.cil_to_memory_format(pictures.Handle, pictures.ndim == 5 ? ChannelsLast3DFormat : ChannelsLastFormat);
        GC.KeepAlive(pictures);
        if (moved != 0) return Tensor.UnsafeCreateTensor(moved);
        string reason = Marshal.PtrToStringUTF8(NativeLibtorch.cil_last_error()) ?? "no reason given";
        throw new ArgumentException($"pictures: cannot be laid out with channels last: {reason}", nameof(pictures));
    }
}
