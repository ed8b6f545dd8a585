namespace Cil.Diffusion.Samplers;

/// <summary>What the network's output is.</summary>
public enum Parameterization
{
    /// <summary>The noise (DynamiCrafter 256, VideoCrafter1).</summary>
    Eps,

    /// <summary>v = sqrt(abar) eps - sqrt(1 - abar) x0 (DynamiCrafter 512 and 1024).</summary>
    V,
}
