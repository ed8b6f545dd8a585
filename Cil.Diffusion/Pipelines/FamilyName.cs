namespace Cil.Diffusion.Pipelines;

/// <summary>The three systems, as `family` in model.json names them.</summary>
public static class FamilyName
{
    /// <summary>The image is seen as tokens of each frame and as a latent beside the noisy one.</summary>
    public const string DynamiCrafter = "dynamicrafter";

    /// <summary>The image is seen as 16 tokens only, the same for every frame.</summary>
    public const string VideoCrafter1 = "videocrafter1";

    /// <summary>No prompt; the image is seen as one token and as a latent beside the noisy one.</summary>
    public const string StableVideoDiffusion = "svd";
}
