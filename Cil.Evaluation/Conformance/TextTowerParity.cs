using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>OpenCLIP's text tower: tokens to penultimate and last.</summary>
internal sealed class TextTowerParity : IParityComponent
{
    public string Name => "OpenCLIP text tower (open_clip with tokens)";

    public IReadOnlyCollection<string> Inputs { get; } = ["tokens"];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("open_clip", out _) && !parity.Has("pixel_values");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("tokens");
        CheckpointWeights weights = parity.Weights();
        var tower = new TextTower(parity.Parameters<OpenClipConfig>("open_clip").Text, WeightScope.Root(weights));
        weights.Verify(ignored: TextTower.Unused.Contains);
        if (parity.Has("penultimate")) yield return ("penultimate", tower.Forward(parity["tokens"]));
        if (parity.Has("last")) yield return ("last", tower.Forward(parity["tokens"], skipLast: 0));
    }
}
