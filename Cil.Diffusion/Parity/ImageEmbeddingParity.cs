using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.DynamiCrafter;
using Cil.Diffusion.OpenClip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Parity;

/// <summary>
/// OpenCLIP's vision tower and the resampler behind it: pixel_values to tokens and image_embeds, and zero_pixel_embeds of pixels
/// that are all zero. The resampler's weights are the case's own, the tower's are in the folder that vision_weights names.
/// </summary>
internal sealed class ImageEmbeddingParity : IParityComponent
{
    public string Name => "image embedding (open_clip with resampler and vision_weights)";

    public IReadOnlyCollection<string> Inputs { get; } = ["pixel_values"];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("open_clip", out _) && parity.Config.TryGetProperty("resampler", out _);

    public IEnumerable<(string Output, Tensor Value)> Run(ParityCase parity)
    {
        parity.Require("pixel_values", "image_embeds");
        CheckpointWeights towerWeights = parity.Weights(Path.Combine(parity.Parameters<string>("vision_weights"), "weights.safetensors"));
        var tower = new VisionTower(parity.Parameters<OpenClipConfig>("open_clip"), WeightScope.Root(towerWeights, "visual"));
        towerWeights.Verify();
        CheckpointWeights weights = parity.Weights();
        var resampler = new Resampler(parity.Parameters<ResamplerConfig>("resampler"), WeightScope.Root(weights));
        weights.Verify();
        Tensor pixels = parity["pixel_values"], tokens = tower.Tokens(pixels);
        if (parity.Has("tokens")) yield return ("tokens", tokens);
        yield return ("image_embeds", resampler.Forward(tokens));
        if (parity.Has("zero_pixel_embeds")) yield return ("zero_pixel_embeds", resampler.Forward(tower.Tokens(zeros_like(pixels))));
    }
}
