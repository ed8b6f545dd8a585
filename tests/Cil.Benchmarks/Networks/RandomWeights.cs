using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>Random parameters in the precision of a pass, one float32 copy at a time: for networks that would not fit in it.</summary>
/// <param name="device">Where they are; null for the processor.</param>
internal sealed class RandomWeights(ScalarType precision, Device? device = null) : IWeightSource, IDisposable
{
    private readonly List<Tensor> tensors = [];

    public Tensor Get(string name, long[] shape, Initial kind)
    {
        if (device is not null) return Kept(OnGpu(shape, kind));
        using var fresh = new FreshWeights((ulong)tensors.Count, zeros: false);
        Tensor value = fresh.Get(name, shape, kind);
        // As checkpoints are loaded: norms stay float32.
        return Kept(kind is Initial.NormWeight or Initial.NormBias ? value.clone() : value.to(precision, copy: true));
    }

    internal long Bytes => tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    public void Dispose()
    {
        foreach (Tensor tensor in tensors) tensor.Dispose();
    }

    private Tensor Kept(Tensor tensor)
    {
        tensors.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    private Tensor OnGpu(long[] shape, Initial kind) => kind switch
    {
        Initial.NormWeight => ones(shape, float32, device),
        Initial.NormBias => zeros(shape, float32, device),
        _ => shape.Length < 2 ? zeros(shape, precision, device) : randn(shape, precision, device).mul_(0.02),
    };
}
