using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.VideoCrafter1;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// DynamiCrafter's and VideoCrafter1's U-Net: x, timesteps, context, fs (or fps) to out; the call without fps to
/// out_default_fps16; context_single to out_context_single; params_x0.05.out with all parameters times 0.05.
/// </summary>
internal sealed class VideoUNetConformance : IConformanceComponent
{
    private const string Small = "params_x0.05.out", WithoutRate = "out_default_fps16";

    public string Name => "DynamiCrafter or VideoCrafter1 U-Net (UNetModel)";

    public IReadOnlyCollection<string> Inputs { get; } = ["x", "timesteps", "context", "context_single", "fs", "fps"];

    public bool Recognises(ConformanceCase reference) => reference.Is("UNetModel");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("x", "timesteps", "context", "out");
        CheckpointWeights weights = reference.Weights();
        string rate = IsVideoCrafter(reference) ? "fps" : "fs";
        VideoUNet network = Build(reference, weights);
        weights.Verify();
        if (network.Config.FsCondition) reference.Require(rate);
        Tensor? fps = reference.Has(rate) ? reference[rate] : null;
        Tensor Forward(string context) => network.Forward(reference["x"], reference["timesteps"], reference[context], fps);

        yield return ("out", Forward("context"));
        if (reference.Has("out_context_single")) yield return ("out_context_single", Forward("context_single"));
        if (reference.Has(WithoutRate))
            yield return (WithoutRate, network.Forward(reference["x"], reference["timesteps"], reference["context"]));
        if (!reference.Has(Small)) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return (Small, Forward("context"));
    }

    /// <summary>The network of a case, in either system's spelling.</summary>
    internal static VideoUNet Build(ConformanceCase reference, IWeightSource weights) =>
        new(
            IsVideoCrafter(reference) ? reference.Convert(VideoCrafterUNet.Read, "params") : reference.Parameters<UNetConfig>("params"),
            WeightScope.Root(weights));

    private static bool IsVideoCrafter(ConformanceCase reference) => VideoCrafterUNet.Spells(reference.Parameters<JsonElement>("params"));
}
