using System.Text.Json;
using Cil.Evaluation.Metrics;
using Cil.Evaluation.Motion;

namespace Cil.Evaluation.Tests.Metrics;

/// <summary>Against float64 NumPy and SciPy values; float64 here too, so only the order of sums differs.</summary>
public sealed class MetricFormulaTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Goldens", "metrics", "formulas");

    private static readonly JsonElement Config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "config.json"))).RootElement;

    [Theory]
    [InlineData("full_rank", 1e-6)]
    [InlineData("more", 1e-6)]
    // Fewer samples than features: the small eigenvalues are rounding noise, of which the root is taken.
    [InlineData("rank_deficient", 1e-5)]
    public void Frechet_OfRandomFeatures_EqualsTheReference(string name, double relative)
    {
        double expected = Config.GetProperty(name).GetProperty("frechet").GetDouble();
        double distance = FrechetDistance.Compute(Matrix($"{name}.x"), Matrix($"{name}.y"));
        Assert.InRange(distance, expected * (1 - relative), expected * (1 + relative));
    }

    [Fact]
    public void Frechet_OfTheSameFeatures_IsZero() =>
        Assert.InRange(FrechetDistance.Compute(Matrix("same.x"), Matrix("same.y")), -1e-6, 1e-6);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    public void InceptionScore_OverSplits_EqualsTheReference(int splits)
    {
        JsonElement expected = Config.GetProperty("inception_score")
            .GetProperty(splits.ToString(System.Globalization.CultureInfo.InvariantCulture));
        (double mean, double deviation) = InceptionScore.Compute(Matrix("inception.logits"), splits);
        Assert.Equal(expected.GetProperty("mean").GetDouble(), mean, 1e-6);
        Assert.Equal(expected.GetProperty("std").GetDouble(), deviation, 1e-6);
    }

    [Fact]
    public void InceptionScore_OfUniformAndOneHotPredictions_IsOneAndTheClassCount()
    {
        Assert.Equal(1, InceptionScore.Compute(new float[12, 6]).Mean, 1e-12);
        float[,] oneHot = new float[6, 6];
        for (int i = 0; i < 6; i++) oneHot[i, i] = 200;

        Assert.Equal(6, InceptionScore.Compute(oneHot).Mean, 1e-9);
    }

    [Fact]
    public void MotionScore_OfRandomFlows_EqualsTheReference()
    {
        (int[] Shape, float[] Values) flow = RawTensors.Read(Path.Combine(Folder, "io.safetensors"), "motion.flow");
        (int[] Shape, float[] Values) expected = RawTensors.Read(Path.Combine(Folder, "io.safetensors"), "motion.score");
        int each = flow.Values.Length / 3;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(expected.Values[i], MotionScore.MeanLength(flow.Values.AsSpan(i * each, each), 5, 12, 16), 1e-5);
        }
    }

    [Fact]
    public void MotionScore_OfAShiftByThreeAndFour_IsFiveTimesTheFrames()
    {
        float[] flow = new float[15 * 2 * 4 * 4];
        for (int i = 0; i < flow.Length; i++) flow[i] = i / 16 % 2 == 0 ? 3 : 4;

        Assert.Equal(80, MotionScore.Compute(flow, 16, 4, 4), 1e-9);
    }

    private static float[,] Matrix(string name)
    {
        (int[]? shape, float[]? values) = RawTensors.Read(Path.Combine(Folder, "io.safetensors"), name);
        float[,] matrix = new float[shape[0], shape[1]];
        Buffer.BlockCopy(values, 0, matrix, 0, values.Length * sizeof(float));
        return matrix;
    }
}
