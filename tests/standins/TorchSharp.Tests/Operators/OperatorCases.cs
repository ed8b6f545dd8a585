using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.Operators;

/// <summary>The operators that Goldens/operators.json has values of, on the same inputs.</summary>
internal static class OperatorCases
{
    private static Tensor X => Pattern([2, 3, 4]);

    private static Tensor Y => Pattern([2, 3, 4], 5, 13, 6, 4);

    private static Tensor P => X.abs() + 0.5;

    private static Tensor Z => Pattern([3, 4], 3, 7, 3, 2);

    private static Tensor M => Pattern([2, 4, 3], 5, 9, 4, 5);

    private static Tensor I => tensor(new List<long> { 2, 0, 1 });

    private static Tensor W => Pattern([4, 3, 3, 3], 5, 7, 3, 6);

    private static Tensor B => Pattern([4], 3, 5, 2, 4);

    private static Tensor Image => Pattern([1, 3, 5, 6], 11, 17, 8, 7);

    private static Tensor Clip => Pattern([1, 2, 3, 4, 5], 11, 19, 9, 8);

    private static Tensor Query => Pattern([2, 5, 4], 7, 13, 6, 5);

    private static Tensor Key => Pattern([2, 6, 4], 5, 11, 5, 5);

    private static Tensor Value => Pattern([2, 6, 3], 3, 7, 3, 5);

    internal static Dictionary<string, Func<Tensor>> All { get; } = new(StringComparer.Ordinal)
    {
        ["add"] = () => X + Y,
        ["add_scalar"] = () => X + 1.5,
        ["add_alpha"] = () => X.add(Y, 2),
        ["sub"] = () => X - Y,
        ["rsub_scalar"] = () => 1 - X,
        ["mul"] = () => X * Y,
        ["mul_scalar"] = () => X * 2.5,
        ["div"] = () => X / P,
        ["div_scalar"] = () => X / 4,
        ["rdiv"] = () => 2 / P,
        ["div_floor"] = () => X.div(P, RoundingMode.floor),
        ["div_trunc"] = () => X.div(P, RoundingMode.trunc),
        ["remainder"] = () => X % 0.75,
        ["pow"] = () => P.pow(Y),
        ["pow_scalar"] = () => X.pow(2),
        ["neg"] = () => -X,
        ["square"] = () => X.square(),
        ["addcmul"] = () => X.addcmul(Y, P, 0.5),
        ["addcdiv"] = () => X.addcdiv(Y, P, 0.5),
        ["lerp"] = () => X.lerp(Y, tensor(0.25f)),
        ["abs"] = () => X.abs(),
        ["exp"] = () => X.exp(),
        ["expm1"] = () => X.expm1(),
        ["log"] = () => P.log(),
        ["log1p"] = () => P.log1p(),
        ["sqrt"] = () => P.sqrt(),
        ["rsqrt"] = () => P.rsqrt(),
        ["reciprocal"] = () => P.reciprocal(),
        ["sin"] = () => X.sin(),
        ["cos"] = () => X.cos(),
        ["tanh"] = () => X.tanh(),
        ["sigmoid"] = () => X.sigmoid(),
        ["erf"] = () => X.erf(),
        ["floor"] = () => X.floor(),
        ["ceil"] = () => X.ceil(),
        ["round"] = () => (X * 1.5).round(),
        ["trunc"] = () => X.trunc(),
        ["sign"] = () => X.sign(),
        ["clamp"] = () => X.clamp(-0.5, 1.0),
        ["clamp_min"] = () => X.clamp_min(0.25),
        ["atan2"] = () => X.atan2(P),
        ["gt"] = () => (X > Y).@float(),
        ["le_scalar"] = () => (X <= 0.0).@float(),
        ["eq"] = () => (X == X.flip(0)).@float(),
        ["where"] = () => where(X > 0, X, Y),
        ["masked_fill"] = () => X.masked_fill(X > 0, -9.0),
        ["maximum"] = () => maximum(X, Y),
        ["minimum"] = () => minimum(X, Y),
        ["sum"] = () => X.sum(),
        ["sum_dim"] = () => X.sum(1, keepdim: true),
        ["sum_dims"] = () => X.sum([0, 2]),
        ["mean"] = () => X.mean(),
        ["mean_dims"] = () => X.mean([1, 2]),
        ["prod"] = () => P.prod(1),
        ["std"] = () => X.std(),
        ["var_biased"] = () => X.var([1, 2], unbiased: false, keepdim: true),
        ["max"] = () => X.max(),
        ["max_dim"] = () => X.max(1).values,
        ["min_dim"] = () => X.min(2).values,
        ["amax"] = () => X.amax(0, 1),
        ["argmax"] = () => X.argmax(2).@float(),
        ["norm"] = () => X.norm(),
        ["norm_dim"] = () => X.norm(1, keepdim: true),
        ["cumsum"] = () => X.cumsum(2),
        ["cumprod"] = () => P.cumprod(1),
        ["softmax"] = () => X.softmax(-1),
        ["log_softmax"] = () => X.log_softmax(1),
        ["logsumexp"] = () => X.logsumexp(2),
        ["sort"] = () => Y.sort(2).Values,
        ["topk"] = () => Y.topk(2, 2).values,
        ["reshape"] = () => X.reshape(4, -1),
        ["permute"] = () => X.permute(2, 0, 1),
        ["transpose"] = () => X.transpose(0, 2),
        ["squeeze"] = () => X[..1].squeeze(0),
        ["unsqueeze"] = () => X.unsqueeze(1),
        ["expand"] = () => X[.., ..1].expand(2, 3, 4),
        ["repeat"] = () => Z.repeat(2, 1),
        ["repeat_interleave"] = () => Z.repeat_interleave(2, 0),
        ["flip"] = () => X.flip(0, 2),
        ["roll"] = () => X.roll([1, 2], [0, 2]),
        ["flatten"] = () => X.flatten(1),
        ["tril"] = () => Z.tril(),
        ["triu"] = () => Z.triu(1),
        ["narrow"] = () => X.narrow(2, 1, 2),
        ["slice"] = () => X[.., 1..3, TensorIndex.Slice(step: 2)],
        ["select"] = () => X.select(1, 2),
        ["index_select"] = () => X.index_select(1, I),
        ["gather"] = () => X.gather(1, tensor(new List<long> { 0, 1, 2, 0, 2, 1, 0, 1 }, [2, 1, 4])),
        ["index_tensor"] = () => Z[I],
        ["index_mask"] = () => X[X > 0.5],
        ["index_mixed"] = () => X[1, TensorIndex.Ellipsis, ^1],
        ["index_none"] = () => Z[TensorIndex.None, .., 1],
        ["chunk"] = () => X.chunk(2, 2)[1],
        ["split"] = () => X.split([1, 2], 1)[1],
        ["cat"] = () => cat([X, Y], 1),
        ["stack"] = () => stack([Z, Z * 2], 1),
        ["matmul"] = () => X.matmul(M),
        ["bmm"] = () => X.bmm(M),
        ["mm"] = () => Z.mm(Z.t()),
        ["baddbmm"] = () => ones(1).baddbmm(X, M, 0.5f, 2),
        ["outer"] = () => B.outer(B),
        ["einsum"] = () => einsum("bij,bjk->bik", X, M),
        ["linear"] = () => F.linear(X, Z, B[..3]),
        ["conv1d"] = () => F.conv1d(Pattern([1, 3, 8], 5, 11, 5, 4), Pattern([2, 3, 3], 5, 7, 3, 6), padding: 1),
        ["conv2d"] = () => F.conv2d(Image, W, B, padding: [1, 1]),
        ["conv2d_stride"] = () => F.conv2d(Image, W, B, strides: [2, 2], padding: [1, 0]),
        ["conv3d"] = () => F.conv3d(Clip, Pattern([2, 2, 3, 1, 1], 5, 7, 3, 6), padding: [1, 0, 0]),
        ["conv_transpose2d"] = () => F.conv_transpose2d(Image, W.transpose(0, 1).contiguous(), strides: [2, 2], padding: [1, 1]),
        ["avg_pool2d"] = () => F.avg_pool2d(Image, [2, 2]),
        ["group_norm"] = () => F.group_norm(Pattern([2, 4, 3, 2]), 2, B + 2, B),
        ["layer_norm"] = () => F.layer_norm(X, [4], B + 2, B),
        ["normalize"] = () => F.normalize(X, dim: -1),
        ["silu"] = () => F.silu(X),
        ["gelu"] = () => F.gelu(X),
        ["gelu_tanh"] = () => F.gelu(X, Modules.GELU.Approximate.tanh),
        ["softplus"] = () => F.softplus(X),
        ["interpolate_nearest"] = () => F.interpolate(Image, scale_factor: [2, 2]),
        ["interpolate_bilinear"] = () => F.interpolate(Image, [4, 8], mode: InterpolationMode.Bilinear, align_corners: false),
        ["interpolate_bicubic"] = () => F.interpolate(Image, [7, 3], mode: InterpolationMode.Bicubic, align_corners: true),
        ["interpolate_3d"] = () => F.interpolate(Clip, scale_factor: [1, 2, 2]),
        ["pad"] = () => F.pad(Image, (0, 1, 0, 1)),
        ["pad_reflect"] = () => F.pad(Image, (1, 1, 1, 1), PaddingModes.Reflect),
        ["mse_loss"] = () => F.mse_loss(X, Y),
        ["l1_none"] = () => F.l1_loss(X, Y, nn.Reduction.None),
        ["attention"] = () => F.scaled_dot_product_attention(Query, Key, Value),
        ["attention_masked"] = () => F.scaled_dot_product_attention(Query, Key, Value, ones([5, 6], ScalarType.Bool).tril()),
        ["arange"] = () => arange(1.0, 3.0, 0.5),
        ["linspace"] = () => linspace(0, 1, 5),
        ["eye"] = () => eye(3),
        ["full"] = () => full(2, 2, 3.5),
        ["bfloat16"] = () => X.bfloat16().@float(),
        ["to_int"] = () => X.@int().@float(),
        ["randn_seed"] = () => randn(6, generator: new Generator(7)),
        ["rand_seed"] = () => rand(5, generator: new Generator(8)),
        ["randperm_seed"] = () => randperm(8, generator: new Generator(9)).@float(),
    };

    /// <summary>((i · step) mod modulus − offset) / divisor: small numbers without an order, exact in float32 but for the quotient.</summary>
    private static Tensor Pattern(long[] shape, int step = 7, int modulus = 11, int offset = 5, double divisor = 3)
    {
        long count = shape.Aggregate(1L, (product, length) => product * length);
        return (((arange(count) * step) % modulus) - offset).@float().div(divisor).reshape(shape);
    }
}
