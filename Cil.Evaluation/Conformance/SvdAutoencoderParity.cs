using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// Stable Video Diffusion's autoencoder: image to mean, logvar, std, sample; z and num_frames to decoded; z1 to decoded1 as one
/// frame; params_x0.05.mean and .decoded1 with all parameters times 0.05.
/// </summary>
internal sealed class SvdAutoencoderParity : IParityComponent
{
    public string Name => "Stable Video Diffusion autoencoder (AutoencoderKLTemporalDecoder)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image", "sample_noise", "z", "num_frames", "z1"];

    public bool Recognises(ParityCase parity) => parity.IsClass("AutoencoderKLTemporalDecoder");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        if (!parity.Has("image")) parity.Require("z", "num_frames");
        CheckpointWeights weights = parity.Weights();
        var network = new SvdAutoencoder(parity.Convert(SvdAutoencoderConfig.Read), WeightScope.Root(weights));
        weights.Verify();
        if (parity.Has("image"))
        {
            (Tensor mean, Tensor logVariance) = network.Encode(parity["image"]);
            Tensor deviation = (logVariance * 0.5).exp();
            if (parity.Has("mean")) yield return ("mean", mean);
            if (parity.Has("logvar")) yield return ("logvar", logVariance);
            if (parity.Has("std")) yield return ("std", deviation);
            if (parity.Has("sample")) yield return ("sample", mean + (deviation * parity["sample_noise"]));
        }

        if (parity.Has("decoded")) yield return ("decoded", network.Decode(parity["z"], parity["num_frames"].to(int64).item<long>()));
        if (parity.Has("decoded1")) yield return ("decoded1", network.Decode(parity["z1"], 1));
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        if (parity.Has("params_x0.05.mean")) yield return ("params_x0.05.mean", network.Encode(parity["image"]).Mean);
        if (parity.Has("params_x0.05.decoded1")) yield return ("params_x0.05.decoded1", network.Decode(parity["z1"], 1));
    }
}
