using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>Random parameters in the precision of a pass, one float32 copy at a time: for networks that would not fit in it.</summary>
internal sealed class RandomWeights(ScalarType precision) : IWeightSource, IDisposable
{
    private readonly List<Tensor> tensors = [];

    public Tensor Get(string name, long[] shape, Initial kind)
    {
        using var fresh = new FreshWeights((ulong)tensors.Count, zeros: false);
        Tensor value = fresh.Get(name, shape, kind);
        // As checkpoints are loaded: norms stay float32.
        Tensor kept = (kind is Initial.NormWeight or Initial.NormBias ? value.clone() : value.to(precision, copy: true)).DetachFromDisposeScope();
        tensors.Add(kept);
        return kept;
    }

    internal long Bytes => tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    public void Dispose()
    {
        foreach (Tensor tensor in tensors) tensor.Dispose();
    }
}
