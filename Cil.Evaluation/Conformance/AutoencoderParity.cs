using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>The KL autoencoder: image to moments, mean, logvar; z to decoded; the same with all parameters times 0.05.</summary>
internal sealed class AutoencoderParity : IParityComponent
{
    public string Name => "autoencoder (AutoencoderKL)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image", "image_4x3", "z", "sample_noise"];

    public bool Recognises(ParityCase parity) => parity.Is("AutoencoderKL");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        if (!parity.Has("z")) parity.Require("image");
        CheckpointWeights weights = parity.Weights();
        var network = new KlAutoencoder(parity.Parameters<AutoencoderConfig>("params", "ddconfig"), parity.Parameters<long>("params", "embed_dim"), WeightScope.Root(weights));
        weights.Verify();
        if (parity.Has("moments")) yield return ("moments", network.Moments(parity["image"]));
        if (parity.Has("mean")) yield return ("mean", network.Encode(parity["image"]).Mean);
        if (parity.Has("logvar")) yield return ("logvar", network.Encode(parity["image"]).LogVariance);
        if (parity.Has("std")) yield return ("std", (network.Encode(parity["image"]).LogVariance * 0.5).exp());
        if (parity.Has("sample"))
        {
            (Tensor mean, Tensor logVariance) = network.Encode(parity["image"]);
            yield return ("sample", mean + ((logVariance * 0.5).exp() * parity["sample_noise"]));
        }

        if (parity.Has("mean_4x3")) yield return ("mean_4x3", network.Encode(parity["image_4x3"]).Mean);
        if (parity.Has("decoded")) yield return ("decoded", network.Decode(parity["z"]));
        if (!parity.Has("params_x0.05.mean")) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return ("params_x0.05.mean", network.Encode(parity["image"]).Mean);
        if (parity.Has("params_x0.05.decoded_first")) yield return ("params_x0.05.decoded_first", network.Decode(parity["z"].narrow(0, 0, 1)));
    }
}
