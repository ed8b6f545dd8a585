using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// Stable Video Diffusion's autoencoder: image to mean, logvar, std, sample; z and num_frames to decoded; z1 to decoded1 as one
/// frame; params_x0.05.mean and .decoded1 with all parameters times 0.05.
/// </summary>
internal sealed class SvdAutoencoderConformance : IConformanceComponent
{
    public string Name => "Stable Video Diffusion autoencoder (AutoencoderKLTemporalDecoder)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image", "sample_noise", "z", "num_frames", "z1"];

    public bool Recognises(ConformanceCase reference) => reference.IsClass("AutoencoderKLTemporalDecoder");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        if (!reference.Has("image")) reference.Require("z", "num_frames");
        CheckpointWeights weights = reference.Weights();
        var network = new SvdAutoencoder(reference.Convert(SvdAutoencoderConfig.Read), WeightScope.Root(weights));
        weights.Verify();
        if (reference.Has("image"))
        {
            (Tensor mean, Tensor logVariance) = network.Encode(reference["image"]);
            Tensor deviation = (logVariance * 0.5).exp();
            if (reference.Has("mean")) yield return ("mean", mean);
            if (reference.Has("logvar")) yield return ("logvar", logVariance);
            if (reference.Has("std")) yield return ("std", deviation);
            if (reference.Has("sample")) yield return ("sample", mean + (deviation * reference["sample_noise"]));
        }

        if (reference.Has("decoded"))
            yield return ("decoded", network.Decode(reference["z"], reference["num_frames"].to(int64).item<long>()));
        if (reference.Has("decoded1")) yield return ("decoded1", network.Decode(reference["z1"], 1));
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        if (reference.Has("params_x0.05.mean")) yield return ("params_x0.05.mean", network.Encode(reference["image"]).Mean);
        if (reference.Has("params_x0.05.decoded1")) yield return ("params_x0.05.decoded1", network.Decode(reference["z1"], 1));
    }
}
