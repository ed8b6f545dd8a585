using System.Text;
using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Networks;

/// <summary>
/// Parameters by a formula of name, number and shape, which the originals were filled by too (Goldens/metrics/raft/README.md), so that
/// networks of any size can be compared without their weights being stored.
/// </summary>
/// <param name="gain">Variance of a weight times its fan in: 1, or 2 where a network of ReLUs would fade.</param>
/// <param name="scale">Factor of all of them; its square for the variances of norms.</param>
internal sealed class FormulaWeights(double gain = 1, double scale = 1) : IWeightSource, IDisposable
{
    private readonly List<(string Name, Tensor Value)> parameters = [];

    internal IReadOnlyList<(string Name, Tensor Value)> Parameters => parameters;

    public Tensor Get(string name, long[] shape, Initial kind)
    {
        Tensor value = Of(name, shape, gain, scale).DetachFromDisposeScope();
        parameters.Add((name, value));
        return value;
    }

    /// <summary>One parameter.</summary>
    internal static Tensor Of(string name, long[] shape, double gain = 1, double scale = 1)
    {
        double fan = Math.Max(1, Count(shape) / shape[0]), width = Math.Sqrt(3 * gain / fan);
        bool isVariance = name.EndsWith("running_var", StringComparison.Ordinal);
        bool isAroundOne = isVariance || name.EndsWith(".weight", StringComparison.Ordinal);
        double factor = isVariance ? scale * scale : scale;
        return Fill(name, shape, u => (float)((float)(shape.Length > 1 ? u * width : isAroundOne ? 1 + (0.5 * u) : 0.1 * u) * factor));
    }

    /// <summary>Numbers from a name and their places, of u in [-1, 1).</summary>
    internal static Tensor Fill(string name, long[] shape, Func<double, float> number)
    {
        const int Part = 1 << 16;
        float[] values = new float[Count(shape)];
        uint start = Hash(name);
        Parallel.For(0, (values.Length + Part - 1) / Part, part =>
        {
            for (int i = part * Part; i < Math.Min(values.Length, (part + 1) * Part); i++) values[i] = number(Uniform(start, (uint)i));
        });
        return tensor(values).view(shape);
    }

    public void Dispose()
    {
        foreach ((_, Tensor value) in parameters) value.Dispose();
        parameters.Clear();
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);

    // FNV-1a.
    private static uint Hash(string name) => Encoding.UTF8.GetBytes(name).Aggregate(2166136261u, (hash, each) => (hash ^ each) * 16777619u);

    // The finalizer of MurmurHash3; in [-1, 1).
    private static double Uniform(uint start, uint number)
    {
        uint x = (number * 2654435761u) + start;
        x = (x ^ (x >> 16)) * 0x85ebca6bu;
        x = (x ^ (x >> 13)) * 0xc2b2ae35u;
        return ((x ^ (x >> 16)) / 2147483648.0) - 1;
    }
}
