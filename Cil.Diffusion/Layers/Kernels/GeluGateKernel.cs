using System.Runtime.CompilerServices;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>value · gelu(gate) of a GEGLU feed-forward in one reading, in float32 inside and rounded once.</summary>
internal static unsafe class GeluGateKernel
{
    private const int BlockRows = 64;

    /// <param name="projected">(R, 2 w) dense: values, then gates; w a multiple of 16.</param>
    /// <returns>(R, w) dense.</returns>
    internal static Tensor Run(Tensor projected)
    {
        long rows = projected.size(0);
        int width = (int)(projected.size(1) / 2);
        Tensor y = empty([rows, width], projected.dtype, projected.device);
        nint from = Kernel.Pointer(projected), to = Kernel.Pointer(y);
        int blocks = (int)((rows + BlockRows - 1) / BlockRows);
        if (projected.dtype == ScalarType.BFloat16)
            OpenMp.ForEach(blocks, block => Block<BFloat16Activation>(from, to, block, rows, width));
        else
            OpenMp.ForEach(blocks, block => Block<FloatActivation>(from, to, block, rows, width));
        return y;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<T>(nint from, nint to, int block, long rows, int width) where T : unmanaged, IActivation<T>
    {
        long first = (long)block * BlockRows, end = Math.Min(rows, first + BlockRows);
        for (long row = first; row < end; row++)
        {
            T* values = (T*)from + (row * 2 * width), gates = values + width, y = (T*)to + (row * width);
            for (int c = 0; c < width; c += Kernel.Lanes) T.Store(y + c, T.Load(values + c) * VectorMath.Gelu(T.Load(gates + c)));
        }
    }
}
