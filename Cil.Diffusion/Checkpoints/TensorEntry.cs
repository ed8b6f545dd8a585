using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>A stored tensor's type and shape.</summary>
public readonly record struct TensorEntry(ScalarType Type, long[] Shape);
