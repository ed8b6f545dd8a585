using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>CLIP's vision tower with projection, with the names of transformers: pixel_values to image_embeds.</summary>
internal sealed class ClipVisionConformance : IConformanceComponent
{
    public string Name => "CLIP vision tower (CLIPVisionModelWithProjection)";

    public IReadOnlyCollection<string> Inputs { get; } = ["pixel_values"];

    public bool Recognises(ConformanceCase reference) => reference.IsClass("CLIPVisionModelWithProjection");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("pixel_values", "image_embeds");
        CheckpointWeights weights = reference.Weights();
        (VisionConfig config, long embed) = reference.Convert(TransformersVision.Read);
        VisionTower tower = VisionTower.OfTransformers(config, embed, WeightScope.Root(weights));
        weights.Verify(ignored: TransformersVision.IgnoredNames.Contains);
        yield return ("image_embeds", tower.Pooled(reference["pixel_values"]));
    }
}
