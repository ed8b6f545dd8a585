using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cil.Diffusion.Devices;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>
/// Group norm of rows of channels, and SiLU behind it, in two readings of the input; libtorch's takes a slow way through this order
/// and a third reading. Sums are made in blocks of rows that do not depend on the number of threads.
/// </summary>
internal static unsafe class GroupNormKernel
{
    private const int BlockRows = 256, Unrolled = 4 * Kernel.Lanes;

    /// <param name="x">(N, R, C) dense, float32 or bfloat16; C a multiple of 16.</param>
    /// <param name="weight">(C), float32.</param>
    /// <param name="bias">(C), float32.</param>
    /// <returns>(N, R, C) dense.</returns>
    internal static Tensor Run(Tensor x, int groups, Tensor weight, Tensor bias, double eps, bool silu)
    {
        Tensor y = empty(x.shape, x.dtype, x.device);
        var shape = new Shape((int)x.size(0), x.size(1), (int)x.size(2), groups);
        nint from = Kernel.Pointer(x), to = Kernel.Pointer(y), w = Kernel.Pointer(weight), b = Kernel.Pointer(bias);
        if (x.dtype == ScalarType.BFloat16) Run<BFloat16Activation>(shape, from, to, w, b, eps, silu);
        else Run<FloatActivation>(shape, from, to, w, b, eps, silu);
        return y;
    }

    private static void Run<T>(Shape shape, nint from, nint to, nint weight, nint bias, double eps, bool silu)
        where T : unmanaged, IActivation<T>
    {
        int blocks = (int)((shape.Rows + BlockRows - 1) / BlockRows), size = shape.Channels;
        // For each N and block the sums of each channel, then those of squares; then scale and shift for each N.
        float[] sums = ArrayPool<float>.Shared.Rent(checked(shape.Items * blocks * 2 * size));
        float[] affine = ArrayPool<float>.Shared.Rent(checked(shape.Items * 2 * size));

        void Sum(int item, int block)
        {
            fixed (float* target = &sums[((long)item * blocks + block) * 2 * size])
            {
                T* first = (T*)from + (item * shape.Rows * size);
                long rows = Math.Min(BlockRows, shape.Rows - ((long)block * BlockRows));
                Sums(first, first + ((long)block * BlockRows * size), rows, size, target);
            }
        }

        void Combine(int item)
        {
            fixed (float* source = &sums[(long)item * blocks * 2 * size], target = &affine[(long)item * 2 * size])
                Affine((T*)from + (item * shape.Rows * size), source, blocks, shape, (float*)weight, (float*)bias, eps, target);
        }

        void Apply(int item, int block)
        {
            fixed (float* scale = &affine[(long)item * 2 * size])
            {
                long offset = ((item * shape.Rows) + ((long)block * BlockRows)) * size;
                long rows = Math.Min(BlockRows, shape.Rows - ((long)block * BlockRows));
                if (silu) Activated((T*)from + offset, (T*)to + offset, rows, size, scale);
                else Plain((T*)from + offset, (T*)to + offset, rows, size, scale);
            }
        }

        if (shape.Items >= 2 * get_num_threads())
        {
            // An item at a time, so that its second reading finds it in the cache.
            OpenMp.ForEach(shape.Items, item =>
            {
                for (int block = 0; block < blocks; block++) Sum(item, block);
                Combine(item);
                for (int block = 0; block < blocks; block++) Apply(item, block);
            });
        }
        else
        {
            OpenMp.ForEach(shape.Items * blocks, part => Sum(part / blocks, part % blocks));
            for (int item = 0; item < shape.Items; item++) Combine(item);
            OpenMp.ForEach(shape.Items * blocks, part => Apply(part / blocks, part % blocks));
        }

        ArrayPool<float>.Shared.Return(sums);
        ArrayPool<float>.Shared.Return(affine);
    }

    // Sums of x - x0 and of their squares over a block's rows, where x0 is the item's first row: close to the mean, so that squares
    // keep their digits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums<T>(T* origin, T* x, long rows, int channels, float* target) where T : unmanaged, IActivation<T>
    {
        int c = 0;
        for (; c + Unrolled <= channels; c += Unrolled)
        {
            T* at = x + c, zero = origin + c;
            Vector512<float> o0 = T.Load(zero), o1 = T.Load(zero + 16), o2 = T.Load(zero + 32), o3 = T.Load(zero + 48);
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
            for (long row = 0; row < rows; row++, at += channels)
            {
                Vector512<float> d0 = T.Load(at) - o0, d1 = T.Load(at + 16) - o1, d2 = T.Load(at + 32) - o2, d3 = T.Load(at + 48) - o3;
                s0 += d0;
                s1 += d1;
                s2 += d2;
                s3 += d3;
                q0 = Vector512.FusedMultiplyAdd(d0, d0, q0);
                q1 = Vector512.FusedMultiplyAdd(d1, d1, q1);
                q2 = Vector512.FusedMultiplyAdd(d2, d2, q2);
                q3 = Vector512.FusedMultiplyAdd(d3, d3, q3);
            }

            s0.Store(target + c);
            s1.Store(target + c + 16);
            s2.Store(target + c + 32);
            s3.Store(target + c + 48);
            q0.Store(target + channels + c);
            q1.Store(target + channels + c + 16);
            q2.Store(target + channels + c + 32);
            q3.Store(target + channels + c + 48);
        }

        for (; c < channels; c += Kernel.Lanes)
        {
            T* at = x + c;
            Vector512<float> o = T.Load(origin + c), s = default, q = default;
            for (long row = 0; row < rows; row++, at += channels)
            {
                Vector512<float> d = T.Load(at) - o;
                s += d;
                q = Vector512.FusedMultiplyAdd(d, d, q);
            }

            s.Store(target + c);
            q.Store(target + channels + c);
        }
    }

    // y = x · scale + shift, from the blocks' sums in float64.
    private static void Affine<T>(T* origin, float* sums, int blocks, Shape shape, float* weight, float* bias, double eps, float* target)
        where T : unmanaged, IActivation<T>
    {
        int channels = shape.Channels, width = channels / shape.Groups;
        double[] mean = new double[channels], square = new double[channels];
        float[] first = new float[channels];
        fixed (float* f = first)
            for (int c = 0; c < channels; c += Kernel.Lanes) T.Load(origin + c).Store(f + c);
        for (int block = 0; block < blocks; block++)
        {
            float* at = sums + ((long)block * 2 * channels);
            for (int c = 0; c < channels; c++)
            {
                mean[c] += at[c];
                square[c] += at[channels + c];
            }
        }

        for (int group = 0; group < shape.Groups; group++)
        {
            int begin = group * width, end = begin + width;
            double centre = 0, variance = 0;
            for (int c = begin; c < end; c++) centre += first[c] + (mean[c] /= shape.Rows);
            centre /= width;
            for (int c = begin; c < end; c++)
            {
                double away = first[c] + mean[c] - centre;
                variance += Math.Max(0, (square[c] / shape.Rows) - (mean[c] * mean[c])) + (away * away);
            }

            double inverse = 1 / Math.Sqrt((variance / width) + eps);
            for (int c = begin; c < end; c++)
            {
                double scale = weight[c] * inverse;
                target[c] = (float)scale;
                target[channels + c] = (float)(bias[c] - (centre * scale));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain<T>(T* x, T* y, long rows, int channels, float* affine) where T : unmanaged, IActivation<T>
    {
        for (long row = 0; row < rows; row++, x += channels, y += channels)
        {
            for (int c = 0; c < channels; c += Kernel.Lanes) T.Store(y + c, Normed(x + c, affine + c, channels));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activated<T>(T* x, T* y, long rows, int channels, float* affine) where T : unmanaged, IActivation<T>
    {
        for (long row = 0; row < rows; row++, x += channels, y += channels)
        {
            for (int c = 0; c < channels; c += Kernel.Lanes)
                T.Store(y + c, VectorMath.Silu(Normed(x + c, affine + c, channels)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Normed<T>(T* x, float* scale, int channels) where T : unmanaged, IActivation<T> =>
        Vector512.FusedMultiplyAdd(T.Load(x), Vector512.Load(scale), Vector512.Load(scale + channels));

    private readonly record struct Shape(int Items, long Rows, int Channels, int Groups);
}
