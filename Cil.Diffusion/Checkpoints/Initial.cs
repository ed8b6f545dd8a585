namespace Cil.Diffusion.Checkpoints;

/// <summary>What a parameter starts as when it is not read from a checkpoint.</summary>
public enum Initial
{
    /// <summary>Uniform in ±1/sqrt(fan in), PyTorch's default for linear and convolution layers.</summary>
    Uniform,

    Zero,

    /// <summary>Ones: the weight of a norm. Norm parameters stay float32 whatever the network runs in.</summary>
    NormWeight,

    /// <summary>Zeros: the bias of a norm.</summary>
    NormBias,

    /// <summary>Gaussian of standard deviation 0.02 (token embeddings).</summary>
    Normal,

    /// <summary>Gaussian of standard deviation 1/sqrt(last axis) (learned queries, class and position embeddings).</summary>
    ScaledNormal,
}
