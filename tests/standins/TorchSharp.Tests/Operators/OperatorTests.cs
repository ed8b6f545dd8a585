using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Operators;

public sealed class OperatorTests
{
    // The values come from PyTorch 1.13.1 on another build of the same kernels. Sums of products are taken in another order
    // on other processors, and vectorised exp and tanh differ in the last bit: four units of float32's last place.
    private const double RelativeTolerance = 4 * 1.2e-7;
    private const double AbsoluteTolerance = 2e-7;

    private static readonly Dictionary<string, Golden> Goldens = JsonSerializer.Deserialize<Dictionary<string, Golden>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Goldens", "operators.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names => [.. Goldens.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_GivesPythonsShapeAndValues(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = OperatorCases.All[name]();
        Assert.Equal(Goldens[name].Shape, result.shape);
        float[] actual = result.data<float>().ToArray();
        double[] expected = Goldens[name].Values;
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            double allowed = AbsoluteTolerance + (RelativeTolerance * Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{name}[{i}]: expected {expected[i]}, got {actual[i]}");
        }
    }

    [Fact]
    public void EveryCase_HasItsGolden() => Assert.Equal(Goldens.Keys.Order(), OperatorCases.All.Keys.Order());

    private sealed record Golden(long[] Shape, double[] Values);
}
