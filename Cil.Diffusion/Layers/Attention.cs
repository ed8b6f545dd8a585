using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>Multi-head attention's middle: softmax(q k^T / sqrt(d)) v.</summary>
public static class Attention
{
    // On a processor libtorch's fused operator does 150 to 170 billion operations a second in bfloat16, and 19 to 26 over a few
    // tokens in either type; softmax between two batched products does 276 to 407, and 23 to 65 (docs/benchmarks.md).
    private const long FewTokens = 64;

    // Scores at once on that way, 64 MiB of float32: more would only take memory.
    private const long MostScores = 16 << 20;

    /// <param name="query">(B, n, heads * d).</param>
    /// <param name="key">(B, m, heads * d).</param>
    /// <param name="value">(B, m, heads * d).</param>
    /// <param name="mask">Added to the scores, (n, m); or null.</param>
    /// <returns>(B, n, heads * d).</returns>
    public static Tensor MultiHead(Tensor query, Tensor key, Tensor value, long heads, Tensor? mask = null)
    {
        using DisposeScope scope = NewDisposeScope();
        long batch = query.size(0), n = query.size(1), width = query.size(2);
        Tensor q = Split(query, heads); // (B, heads, n, d)
        Tensor k = Split(key, heads);
        Tensor v = Split(value, heads);
        Tensor mixed = IsFasterInProducts(q, k) ? Products(q, k, v, mask) : F.scaled_dot_product_attention(q, k, v, mask);
        return mixed.transpose(1, 2).reshape(batch, n, width).MoveToOuterDisposeScope(); // (B, n, heads * d)
    }

    // By shape and type alone, so that the same request gives the same bytes.
    private static bool IsFasterInProducts(Tensor q, Tensor k) =>
        q.device_type == DeviceType.CPU && (q.dtype == ScalarType.BFloat16 || (q.size(2) <= FewTokens && k.size(2) <= FewTokens));

    private static Tensor Products(Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        long batch = q.size(0), heads = q.size(1), n = q.size(2), m = k.size(2), d = q.size(3);
        double scale = 1 / Math.Sqrt(d);
        Tensor rows = q.reshape(batch * heads, n, d), columns = k.reshape(batch * heads, m, d).transpose(1, 2), values = v.reshape(batch * heads, m, d);
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
    }

    private static Tensor Product(Tensor rows, Tensor columns, Tensor values, Tensor? mask, double scale)
    {
        Tensor scores = (rows * scale).bmm(columns); // (B * heads, n, m)
        if (mask is not null) scores += mask;
        return scores.softmax(-1).bmm(values);
    }

    private static Tensor Split(Tensor x, long heads) =>
        x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2); // (B, heads, n, d)
}
