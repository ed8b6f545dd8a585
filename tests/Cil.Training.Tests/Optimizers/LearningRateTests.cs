using Cil.Training.Optimizers;

namespace Cil.Training.Tests.Optimizers;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(1000, 1)]
    public void At_WarmUpOfFourSteps_RisesLinearlyAndStays(long step, double ofPeak) =>
        Assert.Equal(ofPeak * 3e-5, new LearningRate { Peak = 3e-5, WarmUp = 4 }.At(step, 0.5), 1e-18);

    [Fact]
    public void At_WithoutWarmUp_StartsAtThePeak() => Assert.Equal(3e-5, new LearningRate { Peak = 3e-5 }.At(0, 0));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.55)]
    [InlineData(1, 0.1)]
    [InlineData(1.5, 0.1)]
    public void At_Cosine_FallsToATenth(double progress, double ofPeak) =>
        Assert.Equal(ofPeak, new LearningRate { Peak = 1, Cosine = true }.At(10, progress), 1e-12);
}
