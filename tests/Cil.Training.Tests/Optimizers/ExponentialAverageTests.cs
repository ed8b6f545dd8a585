using Cil.Training.Optimizers;
using Cil.Training.Runs;

namespace Cil.Training.Tests.Optimizers;

public sealed class ExponentialAverageTests
{
    [Fact]
    public void Update_InWarmUp_DecaysByOnePlusNOverTenPlusN()
    {
        using TrainingWeights weights = FreshParameters.Of("a");
        NamedParameter parameter = weights.Parameters[0];
        parameter.Set(0, 0, 0);
        using var average = new ExponentialAverage(weights.Parameters, 0.9999);
        double[] expected = new double[3];

        for (int n = 1; n <= 5; n++)
        {
            float[] now = [n, -n, n * n];
            parameter.Set(now);
            average.Update();
            double decay = (1.0 + n) / (10 + n);
            for (int i = 0; i < expected.Length; i++) expected[i] = (decay * expected[i]) + ((1 - decay) * now[i]);
        }

        float[] actual = FreshParameters.Numbers(average.Values().Single().Value);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5); // float32 around 25
    }

    // (1 + n) / (10 + n) passes 0.5 at n = 8.
    [Fact]
    public void Update_AfterWarmUp_UsesTheDecay()
    {
        using TrainingWeights weights = FreshParameters.Of("a");
        NamedParameter parameter = weights.Parameters[0];
        using var average = new ExponentialAverage(weights.Parameters, 0.5);
        parameter.Set(8, 8, 8);
        for (int n = 0; n < 200; n++) average.Update();
        parameter.Set(0, 4, 8);

        average.Update();

        float[] actual = FreshParameters.Numbers(average.Values().Single().Value);
        Assert.Equal(4, actual[0], 1e-5);
        Assert.Equal(6, actual[1], 1e-5);
        Assert.Equal(8, actual[2], 1e-5);
    }

    [Fact]
    public void Swap_Twice_GivesBothBackAsTheyWere()
    {
        using TrainingWeights weights = FreshParameters.Of("a");
        NamedParameter parameter = weights.Parameters[0];
        using var average = new ExponentialAverage(weights.Parameters, 0.9);
        float[] averaged = parameter.Numbers();
        parameter.Set(1, 2, 3);

        average.Swap();
        float[] swapped = parameter.Numbers();
        average.Swap();

        Assert.Equal(averaged, swapped);
        Assert.Equal([1, 2, 3], parameter.Numbers());
        Assert.Equal(averaged, FreshParameters.Numbers(average.Values().Single().Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Decay_OutOfRange_IsRefused(double decay) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialAverage([], decay));
}
