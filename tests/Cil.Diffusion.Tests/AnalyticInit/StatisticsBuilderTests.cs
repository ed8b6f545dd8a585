using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.AnalyticInit;

public sealed class StatisticsBuilderTests
{
    private const int Clips = 11;
    private static readonly long[] Shape = [2, 3, 4, 5];

    [Theory]
    [InlineData(12, 5, new[] { 5, 5, 2 })]
    [InlineData(4, 4, new[] { 4 })]
    [InlineData(3, 100, new[] { 3 })]
    public void Cut_CoversEveryClipOnce(int clips, int clipsPerShard, int[] sizes)
    {
        IReadOnlyList<StatisticsShard> shards = StatisticsShard.Cut(clips, clipsPerShard);

        Assert.Equal(sizes, shards.Select(shard => shard.Clips));
        Assert.Equal(Enumerable.Range(0, clips), shards.SelectMany(shard => Enumerable.Range(shard.FirstClip, shard.Clips)));
    }

    [Fact]
    public void Build_ShardsThroughStorageInAnyOrder_GivesTheSameNumbers()
    {
        LatentStatistics forwards = Build(shards => shards), backwards = Build(shards => shards.Reverse());

        Assert.Equal(forwards.Expectation, backwards.Expectation);
        Assert.Equal(forwards.Variance, backwards.Variance);
        Assert.Equal(Clips, backwards.Clips);
    }

    [Fact]
    public void Build_GivesMeanAndMeanPopulationVariance()
    {
        LatentStatistics built = Build(shards => shards);

        using DisposeScope scope = NewDisposeScope();
        Tensor all = stack(Enumerable.Range(0, Clips).Select(Clip).ToArray()).to(float64); // (N, C, T, h, w)
        Tensor mean = all.mean([0]);
        double variance = (all - mean).square().mean().item<double>();
        Assert.Equal(variance, built.Variance, 1e-9); // float64 on both sides, sums in another order
        Assert.Equal(0, (tensor(built.Expectation, Shape).to(float64) - mean).abs().max().item<double>(), 1e-6); // kept as float32
    }

    [Fact]
    public void Build_WithShardsMissing_NamesThem()
    {
        var builder = new StatisticsBuilder(Shape, Clips, 3);
        builder.Add(builder.Shards[1], builder.Measure(builder.Shards[1], Clip));

        Assert.Contains("3 of 4 are missing: 0, 2, 3", Assert.Throws<StatisticsException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_TheSameShardTwice_CountsItOnce()
    {
        var builder = new StatisticsBuilder(Shape, 2, 2);
        LatentMoments measured = builder.Measure(builder.Shards[0], Clip);
        builder.Add(builder.Shards[0], measured);
        builder.Add(builder.Shards[0], measured);

        Assert.Equal(2, builder.Build().Clips);
    }

    [Fact]
    public void Add_AShardWithOtherClips_IsRefused()
    {
        var builder = new StatisticsBuilder(Shape, Clips, 3);
        LatentMoments three = builder.Measure(builder.Shards[0], Clip);

        Assert.Contains(
            "expected 2 clips, got 3", Assert.Throws<StatisticsException>(() => builder.Add(builder.Shards[3], three)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_AClipOfAnotherShape_NamesTheClipAndBothSides()
    {
        var builder = new StatisticsBuilder(Shape, Clips, 3);

        string message =
            Assert.Throws<StatisticsException>(() => builder.Measure(builder.Shards[1], clip => zeros(2, 3, 4, clip == 4 ? 6 : 5))).Message;

        Assert.Equal("clip 4: expected (2, 3, 4, 5), got (2, 3, 4, 6)", message);
    }

    [Fact]
    public void Measure_NumbersThatAreNotFinite_AreRefused()
    {
        var builder = new StatisticsBuilder(Shape, Clips, 3);

        Assert.Contains(
            "not finite",
            Assert.Throws<StatisticsException>(() => builder.Measure(builder.Shards[0], _ => full(Shape, float.NaN))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_Cancelled_Stops()
    {
        using var cancel = new CancellationTokenSource();
        var builder = new StatisticsBuilder(Shape, Clips, Clips);
        int seen = 0;

        Assert.Throws<OperationCanceledException>(() => builder.Measure(
            builder.Shards[0],
            clip =>
            {
                if (++seen == 2) cancel.Cancel();
                return Clip(clip);
            },
            cancel.Token));
        Assert.Equal(2, seen);
    }

    [Fact]
    public void Variance_OfEqualClips_IsNotNegative()
    {
        var moments = new LatentMoments(1, 1, 1, 3);
        for (int i = 0; i < 7; i++) moments.Add([0.1f, 1.7f, 1e4f / 3]);

        Assert.InRange(LatentStatistics.From(moments).Variance, 0, 1e-7);
    }

    [Fact]
    public void FromBytes_OfSomethingElse_SaysWhatIsMissing()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] other = Cil.Diffusion.Checkpoints.SafetensorsWriter.ToBytes([("latents", zeros(1))]);

        Assert.Contains(
            "shard 3: metadata: expected a count named clips",
            Assert.Throws<StatisticsException>(() => LatentMoments.FromBytes("shard 3", other)).Message, StringComparison.Ordinal);
    }

    private static Tensor Clip(int clip) => CounterNoise.Draw(9, 0, NoisePurpose.Dataset, clip, Shape) + clip;

    private static LatentStatistics Build(Func<IEnumerable<StatisticsShard>, IEnumerable<StatisticsShard>> order)
    {
        var builder = new StatisticsBuilder(Shape, Clips, 3);
        foreach (StatisticsShard shard in order(builder.Shards))
        {
            byte[] stored = builder.Measure(shard, Clip).ToBytes();
            builder.Add(shard, LatentMoments.FromBytes($"shard {shard.Index}", stored));
        }

        return builder.Build();
    }
}
