namespace Cil.Diffusion.Samplers;

/// <summary>How the sampling steps are spread over the training times.</summary>
public enum TimestepSpacing
{
    /// <summary>0, c, 2c, … plus 1, with c = M div S; may give more than S steps.</summary>
    Uniform,

    /// <summary>Backwards from M in S equal strides; the first step is at M - 1.</summary>
    UniformTrailing,
}
