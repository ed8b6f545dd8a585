using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>A picture's tokens through OpenCLIP's vision tower, whose weights are another case's, and the resampler: pixel_values to tokens and image_embeds; zeros to zero_pixel_embeds.</summary>
internal sealed class ImageEmbeddingParity : IParityComponent
{
    public string Name => "image embedding (open_clip, resampler)";

    public IReadOnlyCollection<string> Inputs { get; } = ["pixel_values"];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("vision_weights", out _) && parity.Config.TryGetProperty("resampler", out _);

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("pixel_values", "image_embeds");
        CheckpointWeights visionWeights = parity.Other("vision_weights").Weights(), weights = parity.Weights();
        var tower = new VisionTower(parity.Parameters<OpenClipConfig>("open_clip"), WeightScope.Root(visionWeights, "visual"));
        var resampler = new Resampler(parity.Parameters<ResamplerConfig>("resampler"), WeightScope.Root(weights));
        visionWeights.Verify();
        weights.Verify();
        Tensor tokens = tower.Tokens(parity["pixel_values"]);
        if (parity.Has("tokens")) yield return ("tokens", tokens);
        yield return ("image_embeds", resampler.Forward(tokens));
        if (parity.Has("zero_pixel_embeds")) yield return ("zero_pixel_embeds", resampler.Forward(tower.Tokens(parity["pixel_values"].zeros_like())));
    }
}
