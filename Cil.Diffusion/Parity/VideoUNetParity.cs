using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Parity;

/// <summary>DynamiCrafter's U-Net: x, timesteps, context, fs to out; context_single to out_context_single; params_x0.05.out with all parameters times 0.05.</summary>
internal sealed class VideoUNetParity : IParityComponent
{
    private const string Small = "params_x0.05.out";

    public string Name => "DynamiCrafter U-Net (UNetModel)";

    public IReadOnlyCollection<string> Inputs { get; } = ["x", "timesteps", "context", "context_single", "fs"];

    public bool Recognises(ParityCase parity) => parity.Is("UNetModel");

    public IEnumerable<(string Output, Tensor Value)> Run(ParityCase parity)
    {
        parity.Require("x", "timesteps", "context", "out");
        CheckpointWeights weights = parity.Weights();
        var network = new VideoUNet(parity.Parameters<UNetConfig>("params"), WeightScope.Root(weights));
        weights.Verify();
        Tensor? fps = parity.Has("fs") ? parity["fs"] : null;
        Tensor Forward(string context) => network.Forward(parity["x"], parity["timesteps"], parity[context], fps);

        if (network.Config.FsCondition) parity.Require("fs");
        yield return ("out", Forward("context"));
        if (parity.Has("out_context_single")) yield return ("out_context_single", Forward("context_single"));
        if (!parity.Has(Small)) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return (Small, Forward("context"));
    }
}
