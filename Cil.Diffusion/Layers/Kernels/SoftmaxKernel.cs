using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>Softmax of each row in its own place, in float32 inside and rounded once.</summary>
internal static unsafe class SoftmaxKernel
{
    private const int BlockRows = 16;

    /// <param name="scores">(n, m) dense; m a multiple of 16. Becomes the result.</param>
    internal static void Run(Tensor scores)
    {
        long rows = scores.size(0);
        int width = (int)scores.size(1), blocks = (int)((rows + BlockRows - 1) / BlockRows);
        nint at = Kernel.Pointer(scores);
        if (scores.dtype == ScalarType.BFloat16) OpenMp.ForEach(blocks, block => Block<BFloat16Activation>(at, block, rows, width));
        else OpenMp.ForEach(blocks, block => Block<FloatActivation>(at, block, rows, width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<T>(nint scores, int block, long rows, int width) where T : unmanaged, IActivation<T>
    {
        long first = (long)block * BlockRows, end = Math.Min(rows, first + BlockRows);
        float[] buffer = ArrayPool<float>.Shared.Rent(width);
        fixed (float* weights = buffer)
        {
            for (long row = first; row < end; row++)
            {
                T* x = (T*)scores + (row * width);
                var most = Vector512.Create(float.NegativeInfinity);
                for (int c = 0; c < width; c += Kernel.Lanes)
                {
                    Vector512<float> score = T.Load(x + c);
                    score.Store(weights + c);
                    most = Vector512.MaxNative(most, score);
                }

                var highest = Vector512.Create(VectorMath.Largest(most));
                Vector512<float> sum = default;
                for (int c = 0; c < width; c += Kernel.Lanes)
                {
                    Vector512<float> weight = VectorMath.Exp(Vector512.Load(weights + c) - highest);
                    weight.Store(weights + c);
                    sum += weight;
                }

                var inverse = Vector512.Create(1 / Vector512.Sum(sum));
                for (int c = 0; c < width; c += Kernel.Lanes) T.Store(x + c, Vector512.Load(weights + c) * inverse);
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }
}
