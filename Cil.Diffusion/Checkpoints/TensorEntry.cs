using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>A stored tensor's type and shape.</summary>
/// <param name="Type">Null where the file's type is none that tensors have here; such a tensor cannot be read.</param>
/// <param name="Shape">Its axes.</param>
/// <param name="TypeName">The type as safetensors name it.</param>
/// <param name="Bytes">What it takes in memory.</param>
public readonly record struct TensorEntry(ScalarType? Type, long[] Shape, string TypeName, long Bytes)
{
    public TensorEntry(ScalarType type, long[] shape)
        : this(type, shape, ElementTypes.NameOf(type), shape.Aggregate((long)ElementTypes.BytesOf(type), (product, axis) => product * axis))
    {
    }
}
