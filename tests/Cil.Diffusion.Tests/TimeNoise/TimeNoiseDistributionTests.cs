using System.Globalization;
using System.Text.Json;
using Cil.Diffusion.Randomness;
using Cil.Diffusion.TimeNoise;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.TimeNoise;

public sealed class TimeNoiseDistributionTests
{
    [Theory]
    [InlineData("dynamicrafter", 1, "5", 5.0)]
    [InlineData("dynamicrafter", 1, "1", 1.0)]
    [InlineData("dynamicrafter", 1, "10", 10.0)]
    [InlineData("videocrafter1", 4, "5", 5.0)]
    [InlineData("videocrafter1", 4, "1", 1.0)]
    [InlineData("videocrafter1", 4, "10", 10.0)]
    [InlineData("svd", 1, "5", 5.0)]
    public void Mu_IsTheOriginals(string system, double muMax, string name, double a)
    {
        using var golden = new Golden($"{system}/timenoise");
        float[] times = golden["mu.t"].data<float>().ToArray(), expected = golden[$"mu.a{name}"].data<float>().ToArray();

        for (int i = 0; i < times.Length; i++)
            Assert.Equal(expected[i], new TimeNoiseDistribution(A: a, MuMax: muMax).Mu(times[i]), muMax * 1e-5);
    }

    [Theory]
    [InlineData("dynamicrafter", 1)]
    [InlineData("videocrafter1", 4)]
    [InlineData("svd", 1)]
    public void Strength_OfGivenNormals_IsTheOriginals(string system, double muMax)
    {
        using var golden = new Golden($"{system}/timenoise");
        float[] normals = golden["map.normals"].data<float>().ToArray();
        int cases = 0;
        foreach (string key in golden.Names.Where(name => name.StartsWith("map.t", StringComparison.Ordinal)))
        {
            string[] parts = key["map.t".Length..].Split(".beta_m");
            double t = double.Parse(parts[0], CultureInfo.InvariantCulture), betaM = double.Parse(parts[1], CultureInfo.InvariantCulture);
            float[] expected = golden[key].data<float>().ToArray();
            var distribution = new TimeNoiseDistribution(betaM, MuMax: muMax);
            for (int i = 0; i < normals.Length; i++)
                Assert.True(Math.Abs(distribution.Strength(t, normals[i]) - expected[i]) <= 1e-5 * expected[i], $"{key}[{i}]");
            cases++;
        }

        Assert.True(cases > 0);
    }

    [Theory]
    [InlineData("dynamicrafter", 1)]
    [InlineData("videocrafter1", 4)]
    [InlineData("svd", 1)]
    public void Draws_HaveTheExactMeanAndQuantiles(string system, double muMax)
    {
        using var golden = new Golden($"{system}/timenoise");
        double[] levels = [.. golden.Config.GetProperty("quantile_levels").EnumerateArray().Select(level => level.GetDouble())];
        float[] normals = new float[100_000];
        CounterNoise.Fill(normals, 11, 0, NoisePurpose.Start, 0);
        foreach (JsonElement row in golden.Config.GetProperty("rows").EnumerateArray())
        {
            var distribution = new TimeNoiseDistribution(row.GetProperty("beta_m").GetDouble(), row.GetProperty("a").GetDouble(), muMax);
            double t = row.GetProperty("t").GetDouble();
            double[] draws = [.. normals.Select(normal => distribution.Strength(t, normal)).Order()];
            double mean = row.GetProperty("exact_mean").GetDouble(), variance = row.GetProperty("exact_var").GetDouble();

            Assert.InRange(
                draws.Average(), mean - (5 * Math.Sqrt(variance / draws.Length)), mean + (5 * Math.Sqrt(variance / draws.Length)));
            double[] quantiles = [.. row.GetProperty("exact_quantiles").EnumerateArray().Select(value => value.GetDouble())];
            for (int i = 1; i < levels.Length - 1; i++)
                Assert.InRange(draws[(int)(levels[i] * draws.Length)], quantiles[i] * 0.97, quantiles[i] * 1.03);
        }
    }

    [Fact]
    public void Median_AtTheStart_IsThePapers() => Assert.Equal(26.89, new TimeNoiseDistribution().Median(0), 0.01);
}
