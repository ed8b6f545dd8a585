using Cil.Diffusion.Samplers;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Samplers;

public sealed class DdimTablesTests
{
    public static TheoryData<string, TimestepSpacing, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, TimestepSpacing, int, int>();
            foreach (string model in new[] { "v_zsnr", "eps" })
                foreach (TimestepSpacing spacing in Enum.GetValues<TimestepSpacing>())
                    foreach (int steps in new[] { 5, 7, 50 })
                        foreach (int eta in new[] { 0, 1 })
                            cases.Add(model, spacing, steps, eta);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tables_AreTheOriginals(string model, TimestepSpacing spacing, int steps, int eta)
    {
        using var golden = new Golden("dynamicrafter/ddim_tables");
        var tables = new DdimTables(Schedule(model), DdimGrid.Timesteps(spacing, steps, 1000), eta);
        string prefix = $"{model}.{(spacing == TimestepSpacing.Uniform ? "uniform" : "uniform_trailing")}.steps{steps}.eta{eta}.";

        Assert.Equal(golden[prefix + "timesteps"].data<long>().ToArray(), tables.Timesteps.Select(time => (long)time));
        Close(golden[prefix + "ddim_alphas"], tables.Alphas);
        Close(golden[prefix + "ddim_alphas_prev"], tables.AlphasPrevious);
        Close(golden[prefix + "ddim_sigmas"], tables.Sigmas);
        if (model == "eps") return;
        Close(golden[prefix + "scale"], tables.Scale);
        Close(golden[prefix + "scale_prev"], tables.ScalePrevious);
    }

    [Theory]
    [InlineData("v_zsnr")]
    [InlineData("eps")]
    public void Schedule_IsTheOriginals(string model)
    {
        using var golden = new Golden("dynamicrafter/ddim_tables");
        NoiseSchedule schedule = Schedule(model);

        Close(golden[$"{model}.betas"], schedule.Betas);
        Close(golden[$"{model}.alphas_cumprod"], schedule.AlphasCumprod);
        if (model == "v_zsnr") Close(golden["v_zsnr.scale_arr"].narrow(0, 0, 1000).contiguous(), schedule.Scale);
    }

    // Table 3 of the CIL method's published grids: S = 50, M = 940.
    [Fact]
    public void Trailing_StartedAt940_IsThePublishedGrid()
    {
        int[] grid = DdimGrid.Timesteps(TimestepSpacing.UniformTrailing, 50, 940);

        Assert.Equal(50, grid.Length);
        Assert.Equal([18, 37, 55, 74, 93, 112, 131, 149], grid[..8]);
        Assert.Equal(939, grid[^1]);
    }

    [Theory]
    [InlineData(820)]
    [InlineData(920)]
    [InlineData(970)]
    [InlineData(937)]
    public void Trailing_WhereThePublishedLoopRunsOver_HasNoTimeBelowZero(int start)
    {
        int[] grid = DdimGrid.Timesteps(TimestepSpacing.UniformTrailing, 50, start);

        Assert.Equal(50, grid.Length);
        Assert.All(grid, time => Assert.InRange(time, 0, start - 1));
    }

    [Theory]
    [InlineData(50, 0)]
    [InlineData(50, 1001)]
    [InlineData(0, 1000)]
    [InlineData(11, 10)]
    public void Timesteps_OutOfRange_AreRefusedWithTheirValue(int steps, int start)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => DdimGrid.Timesteps(TimestepSpacing.UniformTrailing, steps, start));

        Assert.Contains("got", error.Message, StringComparison.Ordinal);
    }

    private static NoiseSchedule Schedule(string model) => new(model == "v_zsnr"
        ? new ScheduleOptions()
        : new ScheduleOptions { Parameterization = Parameterization.Eps, ZeroTerminalSnr = false, BaseScale = null });

    // The goldens were computed in float64 and rounded to float32: a few units in the last place.
    private static void Close(Tensor expected, float[] actual)
    {
        float[] reference = expected.data<float>().ToArray();
        Assert.Equal(reference.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(
                Math.Abs(actual[i] - reference[i]) <= (1e-5 * Math.Abs(reference[i])) + 1e-7,
                $"[{i}]: expected {reference[i]}, got {actual[i]}");
        }
    }
}
