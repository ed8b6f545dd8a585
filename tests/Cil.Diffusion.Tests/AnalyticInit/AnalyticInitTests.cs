using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Samplers;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.AnalyticInit;

public sealed class AnalyticInitTests
{
    [Fact]
    public void Moments_InAnyShards_AreTheOriginals()
    {
        using var golden = new Golden("cil/analytic_init");
        float[][] clips = [.. golden["latents"].unbind(0).Select(clip => clip.contiguous().data<float>().ToArray())];
        var all = new LatentMoments(4, 4, 8, 8);
        foreach (float[][] shard in clips.Chunk(5))
        {
            var part = new LatentMoments(4, 4, 8, 8);
            foreach (float[] clip in shard) part.Add(clip);
            all.Merge(part);
        }

        Assert.Equal(12, all.Clips);
        double[] expected = golden["expectation_x0_f64"].data<double>().ToArray();
        double[] actual = all.Expectation();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-10);
        Assert.Equal(golden["trcov_d_f64"].data<double>()[0], all.MeanVariance(), 1e-10);
    }

    [Theory]
    [InlineData("ddpm_linear", false, 1000)]
    [InlineData("ddpm_linear", false, 940)]
    [InlineData("ddpm_zsnr", true, 940)]
    [InlineData("ddpm_zsnr", true, 900)]
    public void StartingGaussian_AsPublished_IsTheOriginals(string name, bool zeroTerminal, int start)
    {
        using var golden = new Golden("cil/analytic_init");
        var schedule = new NoiseSchedule(new ScheduleOptions { ZeroTerminalSnr = zeroTerminal, BaseScale = null });
        var gaussian = StartingGaussian.At(schedule, start, golden["trcov_d"].item<float>(), AnalyticInitMode.RepoCompat);

        golden.Near($"{name}.M{start}.mean", golden["expectation_x0"] * gaussian.MeanScale, 1e-5);
        Assert.Equal(golden[$"{name}.M{start}.std"].item<float>(), gaussian.Deviation, 1e-5);
    }

    // The derivation itself: the KL-nearest isotropic Gaussian matches the mean and the mean variance of q_M, here of
    // s_t X0 noised to time M, by drawing from it.
    [Fact]
    public void StartingGaussian_InPaperMode_MatchesTheMomentsOfTheNoisedData()
    {
        var schedule = new NoiseSchedule(new ScheduleOptions { ZeroTerminalSnr = false });
        const int M = 700;
        const double mean = 0.8, deviation = 1.7;
        StartingGaussian gaussian = StartingGaussian.At(schedule, M, deviation * deviation, AnalyticInitMode.Paper);
        double a = Math.Sqrt(schedule.AlphasCumprod[M - 1]), s = schedule.Scale[M - 1];

        Assert.Equal(a * s * mean, gaussian.MeanScale * mean, 1e-12);
        Assert.Equal((a * a * s * s * deviation * deviation) + (1 - (a * a)), gaussian.Deviation * gaussian.Deviation, 1e-6);
    }

    [Fact]
    public void Statistics_Saved_AreReadBack()
    {
        string path = Path.Combine(Path.GetTempPath(), $"cil-{Guid.NewGuid():N}.safetensors");
        try
        {
            var statistics = new LatentStatistics([.. Enumerable.Range(0, 4 * 2 * 3 * 5).Select(i => i * 0.1f)], [4, 2, 3, 5], 0.75, 12);
            statistics.Save(path);

            LatentStatistics read = LatentStatistics.Read(path, channels: 4);

            Assert.Equal(statistics.Expectation, read.Expectation);
            Assert.Equal(statistics.Shape, read.Shape);
            Assert.Equal(0.75, read.Variance);
            Assert.Equal(12, read.Clips);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // With 4 frames of 4 channels the shape does not say which axis is which; the name of the system that wrote it does.
    [Theory]
    [InlineData("Expectation_x_0", "trCov_d", true)]
    [InlineData("Expectation_X0", "Tr_Cov_d", false)]
    public void Statistics_WithAsManyFramesAsChannels_AreReadInTheirSystemsOrder(string expectation, string variance, bool isFramesFirst)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor stored = arange(4 * 4 * 2 * 3, float32).view(4, 4, 2, 3);
        string path = Path.Combine(Path.GetTempPath(), $"cil-{Guid.NewGuid():N}.safetensors");
        try
        {
            SafetensorsWriter.Save(path, [(expectation, stored), (variance, tensor(0.5f))]);

            LatentStatistics read = LatentStatistics.Read(path, channels: 4);

            Tensor expected = isFramesFirst ? stored.transpose(0, 1).contiguous() : stored;
            Assert.Equal(expected.data<float>().ToArray(), read.Expectation);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(true, 0.05, 1000, true)]
    [InlineData(true, 0.05, 940, true)]
    [InlineData(true, 0.012, 1000, true)]
    [InlineData(true, 0.012, 980, false)]
    [InlineData(true, 0.012, 940, false)]
    [InlineData(false, 0.012, 1000, false)]
    public void Manifest_KnowsWhereNothingOfTheDataIsLeft(bool zeroTerminal, double linearEnd, int start, bool isPlainNoise)
    {
        LvdmManifest manifest = TinyModel.Manifest with
        {
            Schedule = new ScheduleManifest { ZeroTerminalSnr = zeroTerminal, LinearEnd = linearEnd },
        };

        Assert.Equal(isPlainNoise, manifest.IsPlainNoise(start));
    }

    [Fact]
    public void Statistics_OfAnotherShape_AreRefusedWithBothSides()
    {
        var statistics = new LatentStatistics(new float[4 * 2 * 3 * 5], [4, 2, 3, 5], 0.75, 12);

        StatisticsException error = Assert.Throws<StatisticsException>(() => statistics.Require([4, 16, 8, 8], "file"));

        Assert.Contains("(4, 2, 3, 5)", error.Message, StringComparison.Ordinal);
        Assert.Contains("(4, 16, 8, 8)", error.Message, StringComparison.Ordinal);
    }
}
