using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>OpenCLIP's vision tower: pixel_values to tokens and pooled_projected.</summary>
internal sealed class VisionTowerParity : IParityComponent
{
    public string Name => "OpenCLIP vision tower (open_clip with pixel_values)";

    public IReadOnlyCollection<string> Inputs { get; } = ["pixel_values"];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("open_clip", out _) && parity.Has("pixel_values");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        CheckpointWeights weights = parity.Weights();
        var tower = new VisionTower(parity.Parameters<OpenClipConfig>("open_clip"), WeightScope.Root(weights, "visual"));
        weights.Verify();
        if (parity.Has("tokens")) yield return ("tokens", tower.Tokens(parity["pixel_values"]));
        if (parity.Has("pooled_projected")) yield return ("pooled_projected", tower.Pooled(parity["pixel_values"]));
    }
}
