using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Randomness;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.AnalyticInit;

/// <summary>Analytic-Init with the directions in which the latents vary most.</summary>
public sealed class LowRankStartTests
{
    private const int Clips = 9, Rank = 3;
    private static readonly long[] Shape = [2, 3, 1, 2];
    private const int Size = 12;

    [Fact]
    public void Build_WithARank_GivesTheLargestEigenvaluesOfTheCovarianceAndTheirDirections()
    {
        using DisposeScope scope = NewDisposeScope();
        LatentComponents components = Build(Rank).Components!;
        Tensor covariance = Covariance(), directions = Directions(components);
        double[] expected = [.. linalg.eigvalsh(covariance).data<double>().ToArray().OrderDescending().Take(Rank)];

        Assert.Equal(expected, components.Variances, (a, b) => Math.Abs(a - b) < 1e-5);
        Near(eye(Rank, dtype: float64), directions.matmul(directions.t()));
        Near(tensor(components.Variances).view(-1, 1) * directions, directions.matmul(covariance));
    }

    // They span one fewer direction than there are clips.
    [Fact]
    public void Build_WithMoreThanTheClipsVaryIn_GivesThoseThereAre() =>
        Assert.Equal(Clips - 1, Build(Size).Components!.Rank);

    [Fact]
    public void Build_FromShardsThroughStorage_GivesTheSameComponents()
    {
        var builder = new StatisticsBuilder(Shape, Clips, 4, Rank);
        foreach (StatisticsShard shard in builder.Shards.Reverse())
            builder.Add(shard, LatentMoments.FromBytes("shard", builder.Measure(shard, Clip).ToBytes()));

        LatentStatistics stored = LatentStatistics.FromBytes("file", builder.Build().ToBytes(), 2), whole = Build(Rank);

        Assert.Equal(whole.Components!.Directions, stored.Components!.Directions);
        Assert.Equal(whole.Components.Variances, stored.Components.Variances, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(whole.Expectation, stored.Expectation);
    }

    // A version that knows nothing of components looks for two tensors by name, and finds what it found before.
    [Fact]
    public void ToBytes_WithComponents_HoldsWhatThereWasWithout()
    {
        LatentStatistics without = LatentStatistics.FromBytes("file", Build(0).ToBytes(), 2),
            with = LatentStatistics.FromBytes("file", Build(Rank).ToBytes(), 2);

        Assert.Null(without.Components);
        Assert.Equal((without.Variance, without.Clips), (with.Variance, with.Clips));
        Assert.Equal(without.Expectation, with.Expectation);
    }

    [Fact]
    public void Build_OfShardsThatKeptNoClips_IsRefused()
    {
        var plain = new StatisticsBuilder(Shape, Clips, Clips);
        var ranked = new StatisticsBuilder(Shape, Clips, Clips, Rank);
        ranked.Add(ranked.Shards[0], plain.Measure(plain.Shards[0], Clip));

        Assert.Contains(
            "measured without a rank", Assert.Throws<StatisticsException>(ranked.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_WithComponentsThatDoNotFit_SaysBothSides()
    {
        Assert.Contains(
            "expected 12 numbers for each of 2", Refused(new LatentComponents(new float[12], [2, 1])), StringComparison.Ordinal);
        Assert.Contains("variances below 0", Refused(new LatentComponents(new float[12], [-1])), StringComparison.Ordinal);

        static string Refused(LatentComponents components) =>
            Assert.Throws<StatisticsException>(() => new LatentStatistics(new float[Size], Shape, 1, 1, components)).Message;
    }

    // alpha² U (Lambda - v⊥ I) Uᵀ + (alpha² v⊥ + sigma²) I, read off what each unit of noise becomes.
    [Theory]
    [InlineData(0.3, 0.95)]
    [InlineData(1, 2)]
    public void Spread_HasTheCovarianceOfTheData(double alpha, double sigma)
    {
        using DisposeScope scope = NewDisposeScope();
        LatentStatistics statistics = Build(Rank);
        StartingGaussian gaussian = Gaussian(statistics, alpha, sigma);
        Tensor directions = Directions(statistics.Components!);
        double rest = statistics.Components!.Rest(statistics.Variance, Size);

        Tensor map = stack([.. Enumerable.Range(0, Size)
            .Select(i => gaussian.Spread(eye(Size)[i].view([1, .. Shape]), statistics).flatten())]).to(float64);

        Tensor expected =
            (directions.t().matmul(diag(tensor(statistics.Components.Variances) - rest)).matmul(directions) * (alpha * alpha))
            + (eye(Size, dtype: float64) * ((alpha * alpha * rest) + (sigma * sigma)));
        Near(expected, map.t().matmul(map));
        Assert.Equal(statistics.Variance * Size, statistics.Components.Variances.Sum() + (rest * (Size - Rank)), 1e-9);
    }

    [Fact]
    public void Spread_WithoutComponents_IsTheIsotropicStartBitForBit()
    {
        using DisposeScope scope = NewDisposeScope();
        LatentStatistics statistics = Build(0);
        StartingGaussian gaussian = Gaussian(statistics, 0.3, 0.95);
        Tensor noise = CounterNoise.Draw(1, 0, NoisePurpose.Start, 0, [1, .. Shape]);

        Assert.Equal((noise * gaussian.Deviation).bytes.ToArray(), gaussian.Spread(noise, statistics).bytes.ToArray());
        Assert.Equal(0, gaussian.Gain(statistics));
    }

    // Of Gaussian data both divergences are known, and what lies between them is the gain.
    [Theory]
    [InlineData(0.3, 0.95)]
    [InlineData(1, 0.5)]
    public void Gain_IsTheDifferenceOfTheTwoDivergences(double alpha, double sigma)
    {
        using DisposeScope scope = NewDisposeScope();
        LatentStatistics statistics = Build(Rank);
        StartingGaussian gaussian = Gaussian(statistics, alpha, sigma);
        Tensor unit = eye(Size, dtype: float64), data = (Covariance() * (alpha * alpha)) + (unit * (sigma * sigma));
        Tensor map = stack([.. Enumerable.Range(0, Size)
            .Select(i => gaussian.Spread(eye(Size)[i].view([1, .. Shape]), statistics).flatten())]).to(float64);

        double isotropic = Divergence(data, unit * (gaussian.Deviation * gaussian.Deviation)),
            ranked = Divergence(data, map.t().matmul(map)), gain = gaussian.Gain(statistics);

        Assert.True(gain > 0 && ranked >= 0, $"{gain} nats of {isotropic}");
        Assert.Equal(isotropic - ranked, gain, 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Rank)]
    public void GainOverPlain_IsTheDifferenceToTheDivergenceFromPlainNoise(int rank)
    {
        using DisposeScope scope = NewDisposeScope();
        const double Alpha = 0.6, Sigma = 0.8;
        LatentStatistics statistics = Build(rank);
        StartingGaussian gaussian = Gaussian(statistics, Alpha, Sigma);
        Tensor unit = eye(Size, dtype: float64), data = (Covariance() * (Alpha * Alpha)) + (unit * (Sigma * Sigma));
        double shift = 0.5 * Alpha * Alpha * statistics.Expectation.Sum(value => (double)value * value);

        double plain = Divergence(data, unit) + shift, isotropic = Divergence(data, unit * (gaussian.Deviation * gaussian.Deviation));

        Assert.Equal(plain - isotropic + gaussian.Gain(statistics), gaussian.GainOverPlain(statistics), 1e-4);
    }

    [Fact]
    public void StartLatents_WithComponents_VaryAsTheDataAlongThem()
    {
        using var model = new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        float[] direction = new float[4 * 4 * 8 * 8];
        direction[7] = 1;
        LatentStatistics Statistics(LatentComponents? components) =>
            new(new float[direction.Length], [4, 4, 8, 8], 1, 10, components);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 5) with { Start = 300, Statistics = Statistics(null) },
            ranked = plan with { Statistics = Statistics(new LatentComponents(direction, [900])) };

        float[] plain = pipeline.StartLatents(plan).data<float>().ToArray(), along = pipeline.StartLatents(ranked).data<float>().ToArray();

        (double signal, double noise) = pipeline.Manifest.Marginal(300);
        double rest = (1024.0 - 900) / 1023, scale = Math.Sqrt((signal * signal) + (noise * noise));
        Assert.Equal(plain[7] / scale * Math.Sqrt((signal * signal * 900) + (noise * noise)), along[7], 1e-3);
        Assert.Equal(plain[8] / scale * Math.Sqrt((signal * signal * rest) + (noise * noise)), along[8], 1e-3);
    }

    private static StartingGaussian Gaussian(LatentStatistics statistics, double alpha, double sigma) =>
        new(alpha, Math.Sqrt((alpha * alpha * statistics.Variance) + (sigma * sigma)));

    private static LatentStatistics Build(int rank)
    {
        var builder = new StatisticsBuilder(Shape, Clips, Clips, rank);
        builder.Add(builder.Shards[0], builder.Measure(builder.Shards[0], Clip));
        return builder.Build();
    }

    // Directions that vary differently, so that no two eigenvalues are the same.
    private static Tensor Clip(int clip) => CounterNoise.Draw(3, clip, NoisePurpose.Start, 0, Shape) * arange(1, 13).view(Shape) * 0.2;

    private static Tensor Covariance()
    {
        Tensor all = stack([.. Enumerable.Range(0, Clips).Select(clip => Clip(clip).flatten())]).to(float64);
        Tensor centred = all - all.mean([0], keepdim: true);
        return centred.t().matmul(centred) / Clips;
    }

    private static Tensor Directions(LatentComponents components) =>
        tensor(components.Directions, [components.Rank, Size]).to(float64);

    // KL(N(0, p) ‖ N(0, q))
    private static double Divergence(Tensor p, Tensor q) => 0.5 * (linalg.inv(q).matmul(p).trace().ToDouble() - Size
        + linalg.slogdet(q).Item2.ToDouble() - linalg.slogdet(p).Item2.ToDouble());

    private static void Near(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().ToDouble(), 0, 1e-4);
}
