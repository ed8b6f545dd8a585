using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.VideoCrafter1;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>DynamiCrafter's and VideoCrafter1's U-Net: x, timesteps, context, fs (or fps) to out; the call without fps to out_default_fps16; context_single to out_context_single; params_x0.05.out with all parameters times 0.05.</summary>
internal sealed class VideoUNetParity : IParityComponent
{
    private const string Small = "params_x0.05.out", WithoutRate = "out_default_fps16";

    public string Name => "DynamiCrafter or VideoCrafter1 U-Net (UNetModel)";

    public IReadOnlyCollection<string> Inputs { get; } = ["x", "timesteps", "context", "context_single", "fs", "fps"];

    public bool Recognises(ParityCase parity) => parity.Is("UNetModel");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("x", "timesteps", "context", "out");
        CheckpointWeights weights = parity.Weights();
        string rate = IsVideoCrafter(parity) ? "fps" : "fs";
        VideoUNet network = Build(parity, weights);
        weights.Verify();
        if (network.Config.FsCondition) parity.Require(rate);
        Tensor? fps = parity.Has(rate) ? parity[rate] : null;
        Tensor Forward(string context) => network.Forward(parity["x"], parity["timesteps"], parity[context], fps);

        yield return ("out", Forward("context"));
        if (parity.Has("out_context_single")) yield return ("out_context_single", Forward("context_single"));
        if (parity.Has(WithoutRate)) yield return (WithoutRate, network.Forward(parity["x"], parity["timesteps"], parity["context"]));
        if (!parity.Has(Small)) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return (Small, Forward("context"));
    }

    /// <summary>The network of a case, in either system's spelling.</summary>
    internal static VideoUNet Build(ParityCase parity, IWeightSource weights) =>
        new(IsVideoCrafter(parity) ? parity.Convert(VideoCrafterUNet.Read, "params") : parity.Parameters<UNetConfig>("params"), WeightScope.Root(weights));

    private static bool IsVideoCrafter(ParityCase parity) => VideoCrafterUNet.Spells(parity.Parameters<JsonElement>("params"));
}
