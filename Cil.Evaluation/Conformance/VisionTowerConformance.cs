using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>OpenCLIP's vision tower: pixel_values to tokens and pooled_projected.</summary>
internal sealed class VisionTowerConformance : IConformanceComponent
{
    public string Name => "OpenCLIP vision tower (open_clip with pixel_values)";

    public IReadOnlyCollection<string> Inputs { get; } = ["pixel_values"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("open_clip", out _) && reference.Has("pixel_values");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        CheckpointWeights weights = reference.Weights();
        var tower = new VisionTower(reference.Parameters<OpenClipConfig>("open_clip"), WeightScope.Root(weights, "visual"));
        weights.Verify();
        if (reference.Has("tokens")) yield return ("tokens", tower.Tokens(reference["pixel_values"]));
        if (reference.Has("pooled_projected")) yield return ("pooled_projected", tower.Pooled(reference["pixel_values"]));
    }
}
