using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>The resampler: x to out, with params; and the variant without video_length, which has weights of its own.</summary>
internal sealed class ResamplerConformance : IConformanceComponent
{
    private const string Variant = "_without_video_length";

    public string Name => "image projector (Resampler)";

    public IReadOnlyCollection<string> Inputs { get; } = ["x"];

    public bool Recognises(ConformanceCase reference) => reference.Is("Resampler");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("x", "out");
        foreach (string variant in (string[])["", Variant])
        {
            if (!reference.Has("out" + variant)) continue;
            CheckpointWeights weights = reference.Weights($"weights{variant}.safetensors");
            var network = new Resampler(reference.Parameters<ResamplerConfig>("params" + variant), WeightScope.Root(weights));
            weights.Verify();
            yield return ("out" + variant, network.Forward(reference["x"]));
        }
    }
}
