using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>A stored tensor's type and shape.</summary>
public readonly record struct TensorEntry(ScalarType Type, long[] Shape)
{
    /// <summary>What it takes in memory.</summary>
    public long Bytes => Shape.Aggregate((long)SafetensorsHeader.BytesOf(Type), (product, axis) => product * axis);
}
