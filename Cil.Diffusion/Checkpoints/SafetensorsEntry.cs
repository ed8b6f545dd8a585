using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>One tensor of a safetensors file: its type, its shape and where its bytes lie behind the header.</summary>
/// <param name="Name">Its key in the header.</param>
/// <param name="Dtype">The type as the header spells it.</param>
/// <param name="Type">Null where no tensor has that type here: then it can be listed, but not read.</param>
/// <param name="Shape">Its axes.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte behind its last one.</param>
public sealed record SafetensorsEntry(string Name, string Dtype, ScalarType? Type, long[] Shape, long Begin, long End);
