using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Parameters to train from scratch: drawn from a seed in the order the network asks for them, and collected by name.</summary>
/// <param name="seed">The same seed gives the same parameters.</param>
/// <param name="zeros">Whether layers that training starts at zero are zero; without, every layer is heard, for tests.</param>
public sealed class FreshWeights(ulong seed, bool zeros = true) : IWeightSource, IDisposable
{
    private readonly Generator generator = new(seed);
    private readonly List<(string Name, Tensor Value)> parameters = [];

    /// <summary>Every parameter in the order of construction, float32 on the processor.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters => parameters;

    public Tensor Get(string name, long[] shape, Initial kind)
    {
        if (kind == Initial.Zero && !zeros) kind = Initial.Uniform;
        Tensor value = empty(shape, float32);
        long fan = Math.Max(1, shape.Skip(1).Aggregate(1L, (product, size) => product * size));
        _ = kind switch
        {
            Initial.Zero or Initial.NormBias => value.zero_(),
            Initial.NormWeight => value.fill_(1),
            Initial.Normal => value.normal_(0, 0.02, generator),
            Initial.ScaledNormal => value.normal_(0, 1 / Math.Sqrt(shape.Length == 0 ? 1 : shape[^1]), generator),
            _ => value.uniform_(-1 / Math.Sqrt(fan), 1 / Math.Sqrt(fan), generator),
        };
        // PyTorch draws a bias by its layer's fan in; one axis does not tell it, and a small number serves as well.
        if (kind == Initial.Uniform && shape.Length == 1) _ = value.mul_(0.02);
        parameters.Add((name, value.DetachFromDisposeScope()));
        return value;
    }

    public void Dispose()
    {
        foreach ((_, Tensor value) in parameters) value.Dispose();
        parameters.Clear();
        generator.Dispose();
    }
}
