using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>OpenCLIP's text tower: tokens to penultimate and last.</summary>
internal sealed class TextTowerConformance : IConformanceComponent
{
    public string Name => "OpenCLIP text tower (open_clip with tokens)";

    public IReadOnlyCollection<string> Inputs { get; } = ["tokens"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("open_clip", out _) && !reference.Has("pixel_values");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("tokens");
        CheckpointWeights weights = reference.Weights();
        var tower = new TextTower(reference.Parameters<OpenClipConfig>("open_clip").Text, WeightScope.Root(weights));
        weights.Verify(ignored: TextTower.Unused.Contains);
        if (reference.Has("penultimate")) yield return ("penultimate", tower.Forward(reference["tokens"]));
        if (reference.Has("last")) yield return ("last", tower.Forward(reference["tokens"], skipLast: 0));
    }
}
