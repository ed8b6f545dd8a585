using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Where a network's parameters come from: a checkpoint, fresh numbers, or nowhere (only names and shapes).</summary>
public interface IWeightSource
{
    /// <summary>The parameter of that full name, of exactly that shape.</summary>
    /// <param name="name">Dotted path as the original's state dict spells it.</param>
    /// <param name="shape">The shape the layer needs.</param>
    /// <param name="kind">What a fresh source fills it with; a checkpoint ignores it.</param>
    Tensor Get(string name, long[] shape, Initial kind);
}
