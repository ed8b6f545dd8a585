using Cil.Training.Optimizers;
using Cil.Training.Runs;

namespace Cil.Training.Tests.Optimizers;

public sealed class AdamWTests
{
    private const double Rate = 1e-2;

    private static readonly float[][] Gradients = [[0.5f, -2, 1e-4f], [0.25f, 3, 0], [-1, 0.125f, 1e-4f], [0.5f, 0.5f, -7], [0, -1, 1e-3f]];

    // Float32 state against float64: five steps of 1e-2 round by some 1e-7 each.
    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(0.3, 0.25)]
    public void Step_FiveTimes_IsTheAlgorithmInFloat64(double decay, double gradientScale)
    {
        using TrainingWeights weights = FreshParameters.Of("a");
        NamedParameter parameter = weights.Parameters[0];
        double[] expected = [.. parameter.Numbers().Select(value => (double)value)];
        var options = new AdamWOptions { WeightDecay = decay };
        using var optimizer = new AdamW(weights.Parameters, options);
        double[] first = new double[3], second = new double[3];

        for (int step = 1; step <= Gradients.Length; step++)
        {
            parameter.Differentiate(Gradients[step - 1]);
            optimizer.Step(Rate, gradientScale);
            for (int i = 0; i < expected.Length; i++)
            {
                double gradient = Gradients[step - 1][i] * gradientScale;
                first[i] = (options.Beta1 * first[i]) + ((1 - options.Beta1) * gradient);
                second[i] = (options.Beta2 * second[i]) + ((1 - options.Beta2) * gradient * gradient);
                double mean = first[i] / (1 - Math.Pow(options.Beta1, step)), square = second[i] / (1 - Math.Pow(options.Beta2, step));
                expected[i] = (expected[i] * (1 - (Rate * decay))) - (Rate * mean / (Math.Sqrt(square) + options.Epsilon));
            }
        }

        float[] actual = parameter.Numbers();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
    }

    // m / (1 - b1^n) = g and v / (1 - b2^n) = g^2: every step is the rate, against the gradient's sign.
    [Fact]
    public void Step_UnderAConstantGradient_MovesByTheLearningRate()
    {
        using TrainingWeights weights = FreshParameters.Of("a");
        NamedParameter parameter = weights.Parameters[0];
        using var optimizer = new AdamW(weights.Parameters, new AdamWOptions { WeightDecay = 0 });
        float[] before = parameter.Numbers();

        for (int step = 0; step < 10; step++)
        {
            parameter.Differentiate(4, -0.5f, 30);
            optimizer.Step(Rate);
        }

        float[] after = parameter.Numbers();
        Assert.Equal(-10 * Rate, after[0] - before[0], 1e-6);
        Assert.Equal(10 * Rate, after[1] - before[1], 1e-6);
        Assert.Equal(-10 * Rate, after[2] - before[2], 1e-6);
    }

    [Fact]
    public void Step_WithoutAGradient_LeavesTheParameterAlone()
    {
        using TrainingWeights weights = FreshParameters.Of("used", "unused");
        using var optimizer = new AdamW(weights.Parameters, new AdamWOptions { WeightDecay = 0.5 });
        float[] used = weights.Parameters[0].Numbers(), unused = weights.Parameters[1].Numbers();

        weights.Parameters[0].Differentiate(1, 1, 1);
        optimizer.Step(Rate);

        Assert.NotEqual(used, weights.Parameters[0].Numbers());
        Assert.Equal(unused, weights.Parameters[1].Numbers());
    }
}
