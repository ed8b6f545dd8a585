using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>One tensor of a safetensors file: its type, its shape and where its bytes lie behind the header.</summary>
public sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End)
{
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);
}
