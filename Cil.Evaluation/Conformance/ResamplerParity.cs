using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>The resampler: x to out, with params; and the variant without video_length, which has weights of its own.</summary>
internal sealed class ResamplerParity : IParityComponent
{
    private const string Variant = "_without_video_length";

    public string Name => "image projector (Resampler)";

    public IReadOnlyCollection<string> Inputs { get; } = ["x"];

    public bool Recognises(ParityCase parity) => parity.Is("Resampler");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("x", "out");
        foreach (string variant in (string[])["", Variant])
        {
            if (!parity.Has("out" + variant)) continue;
            CheckpointWeights weights = parity.Weights($"weights{variant}.safetensors");
            var network = new Resampler(parity.Parameters<ResamplerConfig>("params" + variant), WeightScope.Root(weights));
            weights.Verify();
            yield return ("out" + variant, network.Forward(parity["x"]));
        }
    }
}
