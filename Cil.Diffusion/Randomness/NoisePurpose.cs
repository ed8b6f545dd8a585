namespace Cil.Diffusion.Randomness;

/// <summary>What a random number is for. The numbers are part of every stored result: never change one, only add.</summary>
public enum NoisePurpose
{
    /// <summary>The latents that sampling starts from.</summary>
    Start = 0,

    /// <summary>The noise that a denoising step adds.</summary>
    Step = 1,

    /// <summary>The posterior sample of the conditional image's latent.</summary>
    Condition = 2,

    /// <summary>The posterior sample of a data set's clip, for statistics; the step is the clip's number.</summary>
    Dataset = 3,
}
