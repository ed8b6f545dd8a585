using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.TestKit.Models;

namespace Cil.Diffusion.Tests.Models;

public sealed class AutomaticStartTests
{
    private const long Dimensions = 1000;

    // Of 1000 numbers of variance 1, 50 nats are a signal of 0.324 beside the noise: M of 324 here.
    private static (double Signal, double Noise) Marginal(int start) => ((1000 - start) / 1000.0 * 0.48, 1);

    [Fact]
    public void Choose_WhereTheNetworkReadsLate_TakesTheLargestMWhoseGapIsSmall() => Assert.Equal(
        800, Choose((200, 0.95), (400, 0.9), (600, 0.8), (800, 0.5), (900, 0.49), (1000, 0.3)));

    // At 200 alone the network reads, and the start does not fit there.
    [Fact]
    public void Choose_WhereTheNetworkReadsOnlyWhereTheStartFitsNoMore_TakesTheSmallestMThatFits() => Assert.Equal(
        400, Choose((200, 0.95), (400, 0.4), (600, 0.4), (1000, 0.3)));

    [Fact]
    public void Choose_WhereTheStartFitsNowhere_TakesNone() => Assert.Null(Choose((100, 0.9), (200, 0.9)));

    // Of a Gaussian the KL divergence is known: ½ (d ln(a²v + s²) - sum ln(a² lambda + s²)).
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Mismatch_OfAGaussian_IsAtLeastItsDivergence(double signal)
    {
        double[] variances = [4, 1, 0.5, 0.1, 0];
        double v = variances.Average(), square = signal * signal;
        double divergence = 0.5 * variances.Sum(each => Math.Log((square * v) + 1) - Math.Log((square * each) + 1));

        Assert.InRange(divergence, 0, AutomaticStart.Mismatch((signal, 1), v, variances.Length));
        Assert.Equal(0, AutomaticStart.Mismatch((0, 1), v, variances.Length));
        Assert.Equal(0.5 * 2 * Math.Log(1 + (square * 3 / 4)), AutomaticStart.Mismatch((signal, 2), 3, 2), 1e-12);
    }

    [Fact]
    public void Of_AModel_GoesByItsCurveAndItsStatistics()
    {
        LvdmManifest manifest = TinyModel.Manifest with { Files = new ModelFiles { Statistics = "s.safetensors" } };
        using var model = new TinyModel(manifest);
        new LatentStatistics(new float[4 * 4 * 4 * 4], [4, 4, 4, 4], 1, 10).Save(Path.Combine(model.Folder, "s.safetensors"));
        Assert.Null(AutomaticStart.Of(manifest, model.Folder));

        // 256 numbers: all of these fit. What is beyond the model's own times is not its.
        Curve((700, 0.9), (900, 0.6), (1000, 0.2), (2000, 1)).Write(model.Folder);

        Assert.Equal(900, AutomaticStart.Of(manifest, model.Folder));
        Assert.Equal(10, LeakageCurve.Find(model.Folder)!.Clips);
        Assert.Null(AutomaticStart.Of(manifest with { Files = new ModelFiles { Statistics = null } }, model.Folder));
    }

    // It reads more than half of the motion at 500 and before, where the start fits no data.
    [Fact]
    public void Of_TheModelThatShips_IsTheFirstMeasuredMAtWhichTheStartFits()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Cil.sln"))) root = root.Parent!;
        string folder = Path.Combine(root.FullName, "models", "cil-tiny");

        Assert.Equal(700, AutomaticStart.Of(ModelFolder.Read(folder), folder));
    }

    [Fact]
    public void ReadVariance_OfStatistics_IsTheirs_AndNothingForAnotherContainer()
    {
        string folder = Directory.CreateTempSubdirectory("cil-variance-").FullName, file = Path.Combine(folder, "s.safetensors");
        try
        {
            new LatentStatistics(new float[4 * 3 * 2 * 2], [4, 3, 2, 2], 0.75, 10).Save(file);
            Assert.Equal((0.75, 48), LatentStatistics.ReadVariance(file));
            File.WriteAllText(file, "PK, as a .pt file begins");
            Assert.Null(LatentStatistics.ReadVariance(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{ "clips": 2, "points": [{ "start": 0, "motion": 1, "image_share": 0 }] }""")]
    public void Find_ADamagedCurve_NamesTheFile(string content)
    {
        using var model = new TinyModel();
        File.WriteAllText(Path.Combine(model.Folder, LeakageCurve.FileName), content);

        Assert.Contains(
            LeakageCurve.FileName, Assert.Throws<ModelFolderException>(() => LeakageCurve.Find(model.Folder)).Message,
            StringComparison.Ordinal);
    }

    private static int? Choose(params (int Start, double Motion)[] points) =>
        AutomaticStart.Choose(Curve(points), Marginal, variance: 1, Dimensions);

    private static LeakageCurve Curve(params (int Start, double Motion)[] points) => new()
    {
        Clips = 10, Points = [.. points.Select(point => new LeakageCurve.Point(point.Start, point.Motion, 0.5))],
    };
}
