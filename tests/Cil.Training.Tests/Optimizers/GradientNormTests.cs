using Cil.Training.Optimizers;
using Cil.Training.Runs;

namespace Cil.Training.Tests.Optimizers;

public sealed class GradientNormTests
{
    [Fact]
    public void Total_IsTheNormOverAllParametersWithAGradient()
    {
        using TrainingWeights weights = FreshParameters.Of("a", "b", "unused");
        weights.Parameters[0].Differentiate(1, 2, 4);
        weights.Parameters[1].Differentiate(-10, 0, 2);

        Assert.Equal(Math.Sqrt(1 + 4 + 16 + 100 + 4), GradientNorm.Total(weights.Parameters), 1e-6); // norms are float32
    }

    [Fact]
    public void Total_WithoutGradients_IsZero()
    {
        using TrainingWeights weights = FreshParameters.Of("a");

        Assert.Equal(0, GradientNorm.Total(weights.Parameters));
    }

    [Theory]
    [InlineData(0.4, 0.5, 1)]
    [InlineData(5, 0.5, 0.1)]
    [InlineData(0, 0.5, 1)]
    public void ClipFactor_BringsTheNormDownToTheLimitAndNeverUp(double total, double limit, double factor) =>
        Assert.Equal(factor, GradientNorm.ClipFactor(total, limit), 1e-6); // PyTorch's 1e-6 in the denominator
}
