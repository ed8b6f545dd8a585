using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>Multi-head attention's middle: softmax(q k^T / sqrt(d)) v.</summary>
public static class Attention
{
    /// <param name="query">(B, n, heads * d).</param>
    /// <param name="key">(B, m, heads * d).</param>
    /// <param name="value">(B, m, heads * d).</param>
    /// <param name="mask">Added to the scores, (n, m); or null.</param>
    /// <returns>(B, n, heads * d).</returns>
    public static Tensor MultiHead(Tensor query, Tensor key, Tensor value, long heads, Tensor? mask = null)
    {
        long batch = query.size(0), n = query.size(1), width = query.size(2), d = width / heads;
        Tensor q = Split(query, heads); // (B, heads, n, d)
        Tensor k = Split(key, heads);
        Tensor v = Split(value, heads);
        Tensor mixed = F.scaled_dot_product_attention(q, k, v, mask);
        return mixed.transpose(1, 2).reshape(batch, n, heads * d); // (B, n, heads * d)
    }

    private static Tensor Split(Tensor x, long heads) =>
        x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2); // (B, heads, n, d)
}
