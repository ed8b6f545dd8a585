namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>Which image token each pixel's sequence over time looks at.</summary>
public enum TimeContextOrder
{
    /// <summary>Its own sample's (sgm, and diffusers today).</summary>
    Sample,

    /// <summary>
    /// Samples in turn from pixel to pixel, as diffusers 0.25.1 and the published CIL code do: with more than one sample in a
    /// batch, pixels look at another sample's token.
    /// </summary>
    Legacy,
}
