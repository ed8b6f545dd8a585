namespace Cil.Diffusion.Pipelines;

/// <summary>The systems whose models this pipeline runs, as `family` in model.json names them.</summary>
public static class ModelFamily
{
    /// <summary>The picture is seen as tokens of each frame and as a latent beside the noisy one.</summary>
    public const string DynamiCrafter = "dynamicrafter";

    /// <summary>The picture is seen as 16 tokens only, the same for every frame.</summary>
    public const string VideoCrafter1 = "videocrafter1";

    public static IReadOnlyList<string> All { get; } = [DynamiCrafter, VideoCrafter1];
}
