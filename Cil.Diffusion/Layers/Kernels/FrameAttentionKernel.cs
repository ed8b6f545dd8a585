using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>
/// Self-attention over the frames of each pixel, read and written where the tokens lie: no copy into sequences, and the few scores of
/// one head and pixel stay in registers and the nearest cache. In float32 inside, rounded once.
/// </summary>
internal static unsafe class FrameAttentionKernel
{
    /// <summary>Most frames and widest head that it takes.</summary>
    internal const int MostFrames = 64, WidestHead = 256;

    // Numbers of one frame in a block: a run of memory long enough to be read at its full speed, in buffers that fit the second cache.
    private const int BlockNumbers = 1024;

    /// <param name="query">(B, T, P, heads · d) dense; d a multiple of 16.</param>
    /// <param name="key">As the queries.</param>
    /// <param name="value">As the queries.</param>
    /// <returns>(B, T, P, heads · d) dense.</returns>
    internal static Tensor Run(Tensor query, Tensor key, Tensor value, int heads)
    {
        Tensor mixed = empty(query.shape, query.dtype, query.device);
        var shape = new Shape((int)query.size(1), query.size(2), (int)query.size(3), heads);
        int blocks = (int)((shape.Pixels + shape.BlockPixels - 1) / shape.BlockPixels), parts = (int)query.size(0) * blocks;
        nint q = Kernel.Pointer(query), k = Kernel.Pointer(key), v = Kernel.Pointer(value), y = Kernel.Pointer(mixed);
        if (query.dtype == ScalarType.BFloat16)
            OpenMp.ForEach(parts, part => Block<BFloat16Activation>(shape, q, k, v, y, part / blocks, part % blocks));
        else
            OpenMp.ForEach(parts, part => Block<FloatActivation>(shape, q, k, v, y, part / blocks, part % blocks));
        return mixed;
    }

    // Frames lie a power of two apart in memory, where the cache holds only a few of them at once: each block is copied next to itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<T>(Shape shape, nint query, nint key, nint value, nint mixed, int item, int block)
        where T : unmanaged, IActivation<T>
    {
        int frames = shape.Frames, d = shape.Width / shape.Heads;
        int padded = (frames + Kernel.Lanes - 1) / Kernel.Lanes * Kernel.Lanes;
        long stride = shape.Pixels * shape.Width, first = (long)block * shape.BlockPixels;
        int pixels = (int)Math.Min(shape.BlockPixels, shape.Pixels - first), numbers = pixels * shape.Width;
        int row = numbers + Kernel.Lanes; // of the copies, so that theirs are not a power of two apart
        long offset = (item * frames * stride) + (first * shape.Width);
        float[] buffer = ArrayPool<float>.Shared.Rent((3 * frames * row) + ((d + frames) * padded));
        fixed (float* q = buffer)
        {
            // Then keys with frames along the register (d, padded), and scores (frames, padded).
            float* k = q + (frames * row), v = k + (frames * row), keys = v + (frames * row), scores = keys + (d * padded);
            for (int frame = 0; frame < frames; frame++)
            {
                long from = offset + (frame * stride);
                int to = frame * row;
                for (int c = 0; c < numbers; c += Kernel.Lanes)
                {
                    T.Load((T*)query + from + c).Store(q + to + c);
                    T.Load((T*)key + from + c).Store(k + to + c);
                    T.Load((T*)value + from + c).Store(v + to + c);
                }
            }

            Unsafe.InitBlock(keys, 0, (uint)(d * padded * sizeof(float)));
            var scale = Vector512.Create(1 / MathF.Sqrt(d));
            for (int head = 0; head < pixels * shape.Heads; head++)
            {
                float* queries = q + (head * d), values = v + (head * d);
                Transpose(k + (head * d), row, frames, padded, d, scale, keys);
                for (int frame = 0; frame < frames; frame++) Score(queries + (frame * row), keys, padded, d, scores + (frame * padded));
                for (int frame = 0; frame < frames; frame++) Softmax(scores + (frame * padded), frames, padded);
                // In place of the queries, which are not needed any more.
                for (int frame = 0; frame < frames; frame++)
                    Mix(values, queries + (frame * row), row, frames, d, scores + (frame * padded));
            }

            for (int frame = 0; frame < frames; frame++)
            {
                T* to = (T*)mixed + offset + (frame * stride);
                for (int c = 0; c < numbers; c += Kernel.Lanes) T.Store(to + c, Vector512.Load(q + (frame * row) + c));
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* from, int stride, int frames, int padded, int d, Vector512<float> scale, float* keys)
    {
        for (int frame = 0; frame < frames; frame++, from += stride)
        {
            float* column = keys + frame;
            for (int c = 0; c < d; c += Kernel.Lanes) (Vector512.Load(from + c) * scale).Store(from + c);
            for (int c = 0; c < d; c++, column += padded) *column = from[c];
        }
    }

    // q · k for all frames of the keys.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Score(float* query, float* keys, int padded, int d, float* scores)
    {
        for (int s = 0; s < padded; s += Kernel.Lanes)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            float* column = keys + s;
            for (int c = 0; c < d; c += 4, column += 4 * padded)
            {
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(query[c]), Vector512.Load(column), s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(query[c + 1]), Vector512.Load(column + padded), s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(query[c + 2]), Vector512.Load(column + (2 * padded)), s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(query[c + 3]), Vector512.Load(column + (3 * padded)), s3);
            }

            ((s0 + s1) + (s2 + s3)).Store(scores + s);
        }
    }

    // Over the frames; what is behind them becomes 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Softmax(float* scores, int frames, int padded)
    {
        Vector512<float> most = Vector512.Create(float.NegativeInfinity), sum = default;
        for (int s = 0; s < padded; s += Kernel.Lanes)
        {
            Vector512<int> frame = Vector512.Create(s) + Vector512<int>.Indices;
            Vector512<float> score = Vector512.ConditionalSelect(
                Vector512.LessThan(frame, Vector512.Create(frames)).AsSingle(), Vector512.Load(scores + s),
                Vector512.Create(float.NegativeInfinity));
            score.Store(scores + s);
            most = Vector512.MaxNative(most, score);
        }

        var highest = Vector512.Create(VectorMath.Largest(most));
        for (int s = 0; s < padded; s += Kernel.Lanes)
        {
            Vector512<float> score = Vector512.Load(scores + s);
            Vector512<float> weight = VectorMath.Exp(score - highest);
            weight = Vector512.ConditionalSelect(Vector512.Equals(score, Vector512.Create(float.NegativeInfinity)), default, weight);
            weight.Store(scores + s);
            sum += weight;
        }

        var inverse = Vector512.Create(1 / Vector512.Sum(sum));
        for (int s = 0; s < padded; s += Kernel.Lanes) (Vector512.Load(scores + s) * inverse).Store(scores + s);
    }

    // scores · v.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(float* value, float* mixed, int stride, int frames, int d, float* scores)
    {
        for (int c = 0; c < d; c += Kernel.Lanes)
        {
            Vector512<float> even = default, odd = default;
            float* at = value + c;
            int frame = 0;
            for (; frame + 1 < frames; frame += 2, at += 2 * stride)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(scores[frame]), Vector512.Load(at), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Create(scores[frame + 1]), Vector512.Load(at + stride), odd);
            }

            if (frame < frames) even = Vector512.FusedMultiplyAdd(Vector512.Create(scores[frame]), Vector512.Load(at), even);
            (even + odd).Store(mixed + c);
        }
    }

    private readonly record struct Shape(int Frames, long Pixels, int Width, int Heads)
    {
        internal int BlockPixels => Math.Max(1, BlockNumbers / Width);
    }
}
