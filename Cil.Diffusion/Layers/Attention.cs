using Cil.Diffusion.Devices;
using Cil.Diffusion.Layers.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>
/// Multi-head attention's middle: softmax(q k^T / sqrt(d)) v. How it is computed depends on shape, type and the processor's maker alone.
/// </summary>
public static class Attention
{
    // On a processor libtorch's fused operator does 150 to 170 billion operations a second in bfloat16, and 19 to 26 over a few
    // tokens in either type; softmax between two batched products did 276 to 407, and 23 to 65, in a prototype (docs/benchmarks.md). On
    // Intel it is as fast as products of MKL, and makes no scores.
    private const long FewTokens = 64;

    // Scores of one head from which each head by itself, in products of its own, is faster than those in bfloat16; in float32 it is as
    // fast, or up to a fifth slower, where a machine's oneDNN is no faster than its MKL.
    private const long ManyScores = 512 * 512;

    // Scores at once in batched products, 64 MiB of float32: more would only take memory.
    private const long MostScores = 16 << 20;

    /// <summary>Attention of a sequence to itself.</summary>
    /// <param name="query">(B, n, heads * d); or (B, T, P, heads * d), over the T frames of each of P pixels.</param>
    /// <param name="key">As the queries.</param>
    /// <param name="value">As the queries.</param>
    /// <returns>As the queries.</returns>
    public static Tensor Self(Tensor query, Tensor key, Tensor value, long heads)
    {
        if (query.dim() != 4) return MultiHead(query, key, value, heads);
        long frames = query.size(1), headWidth = query.size(3) / heads;
        bool isKernels = Kernel.Takes(query) && headWidth % Kernel.Lanes == 0
            && frames <= FrameAttentionKernel.MostFrames && headWidth <= FrameAttentionKernel.WidestHead;
        if (isKernels) return FrameAttentionKernel.Run(query, key, value, (int)heads);
        using DisposeScope scope = NewDisposeScope();
        Tensor mixed = MultiHead(Sequences(query), Sequences(key), Sequences(value), heads); // (B P, T, heads * d)
        return mixed.view(query.size(0), -1, frames, query.size(3)).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <param name="query">(B, n, heads * d).</param>
    /// <param name="key">(B, m, heads * d).</param>
    /// <param name="value">(B, m, heads * d).</param>
    /// <param name="mask">Added to the scores, (n, m); or null.</param>
    /// <returns>(B, n, heads * d).</returns>
    public static Tensor MultiHead(Tensor query, Tensor key, Tensor value, long heads, Tensor? mask = null) =>
        MultiHead(query, key, value, heads, mask, ProcessorVendor.IsIntel);

    internal static Tensor MultiHead(Tensor query, Tensor key, Tensor value, long heads, Tensor? mask, bool isIntel)
    {
        using DisposeScope scope = NewDisposeScope();
        long batch = query.size(0), n = query.size(1), m = key.size(1), width = query.size(2);
        if (!isIntel && mask is null && n * m >= ManyScores && Kernel.Takes(query))
            return ByHead(query, key, value, heads).MoveToOuterDisposeScope();
        Tensor q = Split(query, heads); // (B, heads, n, d)
        Tensor k = Split(key, heads);
        Tensor v = Split(value, heads);
        Tensor mixed = IsFasterInProducts(q, k, isIntel) ? Products(q, k, v, mask) : F.scaled_dot_product_attention(q, k, v, mask);
        return mixed.transpose(1, 2).reshape(batch, n, width).MoveToOuterDisposeScope(); // (B, n, heads * d)
    }

    private static bool IsFasterInProducts(Tensor q, Tensor k, bool isIntel) => q.device_type == DeviceType.CPU
        && ((q.dtype == ScalarType.BFloat16 && !isIntel) || (q.size(2) <= FewTokens && k.size(2) <= FewTokens));

    // One picture and head at a time: its scores stay in the cache between the product, the softmax and the next product.
    private static Tensor ByHead(Tensor query, Tensor key, Tensor value, long heads)
    {
        long width = query.size(2) / heads;
        double scale = 1 / Math.Sqrt(width);
        Tensor mixed = empty(query.shape, query.dtype, query.device);
        for (long item = 0; item < query.size(0); item++)
        {
            for (long head = 0; head < heads; head++)
            {
                using DisposeScope turn = NewDisposeScope();
                Tensor Of(Tensor x) => x.select(0, item).narrow(1, head * width, width);
                Tensor scores = Product.Of(Of(query) * scale, Of(key).contiguous(), null); // (n, m)
                if (scores.size(1) % Kernel.Lanes == 0) SoftmaxKernel.Run(scores);
                else scores = Scratch.Replace(scores, scores.softmax(-1));
                _ = Of(mixed).copy_(Product.Of(scores, Of(value).t().contiguous(), null)); // (n, d)
            }
        }

        return mixed;
    }

    private static Tensor Products(Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        long batch = q.size(0), heads = q.size(1), n = q.size(2), m = k.size(2), d = q.size(3);
        double scale = 1 / Math.Sqrt(d);
        Tensor rows = q.reshape(batch * heads, n, d), columns = k.reshape(batch * heads, m, d).transpose(1, 2),
            values = v.reshape(batch * heads, m, d);
        long part = is_grad_enabled() ? batch * heads : Math.Max(1, MostScores / (n * m));
        if (part >= batch * heads) return Product(rows, columns, values, mask, scale).view(batch, heads, n, d);
        Tensor mixed = empty([batch * heads, n, d], q.dtype, q.device);
        for (long first = 0; first < batch * heads; first += part)
        {
            using DisposeScope turn = NewDisposeScope();
            long count = Math.Min(part, (batch * heads) - first);
            _ = mixed.narrow(0, first, count).copy_(
                Product(rows.narrow(0, first, count), columns.narrow(0, first, count), values.narrow(0, first, count), mask, scale));
        }

        return mixed.view(batch, heads, n, d);

        static Tensor Product(Tensor rows, Tensor columns, Tensor values, Tensor? mask, double scale)
        {
            Tensor scores = (rows * scale).bmm(columns); // (B * heads, n, m)
            if (mask is not null) scores += mask;
            return scores.softmax(-1).bmm(values);
        }
    }

    private static Tensor Split(Tensor x, long heads) =>
        x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2); // (B, heads, n, d)

    // (B, T, P, width) to (B P, T, width).
    private static Tensor Sequences(Tensor x) => x.transpose(1, 2).reshape(x.size(0) * x.size(2), x.size(1), x.size(3));
}
