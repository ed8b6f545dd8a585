using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.Operators;

public sealed class AttentionTests
{
    public static TheoryData<long, long, long, long, long, long> Shapes => new()
    {
        { 2, 3, 16, 16, 64, 64 },
        { 1, 1, 1, 1, 1, 1 },
        { 2, 2, 33, 17, 20, 12 },
        { 1, 5, 70, 77, 40, 33 },
        { 3, 1, 300, 515, 8, 65 },
    };

    // Sums of up to 515 products in another order, weights from another exp: a few units of float32's last place.
    private const float Tolerance = 2e-6f;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention_OfHeadsInANetworksLayout_IsItsFormula(long batch, long heads, long rows, long keys, long depth, long width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = Heads(batch, rows, heads, depth, 1), key = Heads(batch, keys, heads, depth, 2);
        Tensor value = Heads(batch, keys, heads, width, 3);
        Tensor actual = F.scaled_dot_product_attention(query, key, value);
        Tensor expected = Formula(query.@double(), key.@double(), value.@double());
        Assert.Equal([batch, heads, rows, width], actual.shape);
        Assert.True((actual - expected).abs().max().ToSingle() < Tolerance);
    }

    [Fact]
    public void Attention_OfLargeScores_NeitherOverflowsNorVanishes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = Heads(1, 8, 2, 16, 4) * 300, key = Heads(1, 24, 2, 16, 5) * 300, value = Heads(1, 24, 2, 16, 6);
        Tensor actual = F.scaled_dot_product_attention(query, key, value);
        // Scores of tens of thousands carry rounding errors of thousandths into the exponent.
        Assert.True((actual - Formula(query.@double(), key.@double(), value.@double())).abs().max().ToSingle() < 1e-2);
    }

    [Fact]
    public void Attention_OnOneThreadOrTwo_HasTheSameBits()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = Heads(1, 500, 3, 24, 7), key = Heads(1, 90, 3, 24, 8), value = Heads(1, 90, 3, 24, 9);
        int threads = get_num_threads();
        set_num_threads(2);
        Tensor two = F.scaled_dot_product_attention(query, key, value);
        set_num_threads(1);
        Tensor one = F.scaled_dot_product_attention(query, key, value);
        set_num_threads(threads);
        Assert.True(one.Equals(two));
    }

    [Fact]
    public void Attention_InChunks_IsTheSameAsInOne()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(4);
        Tensor query = randn(3, 2500, 8, generator: generator), key = randn(3, 1300, 8, generator: generator);
        Tensor value = randn(3, 1300, 8, generator: generator);
        Tensor expected = query.matmul(key.transpose(1, 2)).div(Math.Sqrt(8)).softmax(-1).matmul(value);
        Tensor actual = F.scaled_dot_product_attention(query, key, value);
        Assert.True((actual - expected).abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void Attention_WithGradients_IsItsFormulasGradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor query = randn(2, 5, 4, ScalarType.Float64, generator: generator).requires_grad_();
        Tensor key = randn(2, 6, 4, ScalarType.Float64, generator: generator);
        Tensor value = randn(2, 6, 4, ScalarType.Float64, generator: generator);
        query.matmul(key.transpose(1, 2)).div(2.0).softmax(-1).matmul(value).square().sum().backward();
        Tensor expected = query.grad!.clone();
        query.grad = null;
        F.scaled_dot_product_attention(query, key, value).square().sum().backward();
        Assert.True(query.grad!.allclose(expected, 1e-10, 1e-12));
    }

    private static Tensor Heads(long batch, long length, long heads, long depth, ulong seed) =>
        randn([batch, length, heads * depth], generator: new Generator(seed)).view(batch, length, heads, depth).transpose(1, 2);

    private static Tensor Formula(Tensor query, Tensor key, Tensor value) =>
        query.matmul(key.transpose(-2, -1)).div(Math.Sqrt(query.size(-1))).softmax(-1).matmul(value);
}
