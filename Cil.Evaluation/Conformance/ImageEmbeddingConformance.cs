using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// A picture's tokens through OpenCLIP's vision tower, whose weights are another case's, and the resampler: pixel_values to
/// tokens and image_embeds; zeros to zero_pixel_embeds.
/// </summary>
internal sealed class ImageEmbeddingConformance : IConformanceComponent
{
    public string Name => "image embedding (open_clip, resampler)";

    public IReadOnlyCollection<string> Inputs { get; } = ["pixel_values"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("vision_weights", out _) && reference.Config.TryGetProperty("resampler", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("pixel_values", "image_embeds");
        CheckpointWeights visionWeights = reference.Other("vision_weights").Weights(), weights = reference.Weights();
        var tower = new VisionTower(reference.Parameters<OpenClipConfig>("open_clip"), WeightScope.Root(visionWeights, "visual"));
        var resampler = new Resampler(reference.Parameters<ResamplerConfig>("resampler"), WeightScope.Root(weights));
        visionWeights.Verify();
        weights.Verify();
        Tensor tokens = tower.Tokens(reference["pixel_values"]);
        if (reference.Has("tokens")) yield return ("tokens", tokens);
        yield return ("image_embeds", resampler.Forward(tokens));
        if (reference.Has("zero_pixel_embeds"))
            yield return ("zero_pixel_embeds", resampler.Forward(tower.Tokens(reference["pixel_values"].zeros_like())));
    }
}
