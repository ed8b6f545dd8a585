namespace Cil.Diffusion.Pipelines;

/// <summary>Which of classifier-free guidance's passes of the network to make.</summary>
public enum GuidancePass
{
    /// <summary>All of them, joined.</summary>
    All,

    /// <summary>With picture and words.</summary>
    Conditional,

    /// <summary>Without.</summary>
    Unconditional,
}
