using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>The KL autoencoder: image to moments, mean, logvar; z to decoded; the same with all parameters times 0.05.</summary>
internal sealed class AutoencoderConformance : IConformanceComponent
{
    public string Name => "autoencoder (AutoencoderKL)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image", "image_4x3", "z", "sample_noise"];

    public bool Recognises(ConformanceCase reference) => reference.Is("AutoencoderKL");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        if (!reference.Has("z")) reference.Require("image");
        CheckpointWeights weights = reference.Weights();
        var network = new KlAutoencoder(
            reference.Parameters<AutoencoderConfig>("params", "ddconfig"),
            reference.Parameters<long>("params", "embed_dim"), WeightScope.Root(weights));
        weights.Verify();
        if (reference.Has("moments")) yield return ("moments", network.Moments(reference["image"]));
        if (reference.Has("mean")) yield return ("mean", network.Encode(reference["image"]).Mean);
        if (reference.Has("logvar")) yield return ("logvar", network.Encode(reference["image"]).LogVariance);
        if (reference.Has("std")) yield return ("std", (network.Encode(reference["image"]).LogVariance * 0.5).exp());
        if (reference.Has("sample"))
        {
            (Tensor mean, Tensor logVariance) = network.Encode(reference["image"]);
            yield return ("sample", mean + ((logVariance * 0.5).exp() * reference["sample_noise"]));
        }

        if (reference.Has("mean_4x3")) yield return ("mean_4x3", network.Encode(reference["image_4x3"]).Mean);
        if (reference.Has("decoded")) yield return ("decoded", network.Decode(reference["z"]));
        if (!reference.Has("params_x0.05.mean")) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return ("params_x0.05.mean", network.Encode(reference["image"]).Mean);
        if (reference.Has("params_x0.05.decoded_first"))
            yield return ("params_x0.05.decoded_first", network.Decode(reference["z"].narrow(0, 0, 1)));
    }
}
