using System.Text.Json;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.TestKit.Models;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Autoencoders;

public sealed class KlAutoencoderTests
{
    // Float32 on another BLAS: the reference itself moves by 5e-6 of its largest value between two runs.
    private const double Tolerance = 5e-5;

    [Fact]
    public void EncodeAndDecode_OnGoldenInputs_GiveTheOriginalsOutputs()
    {
        using var golden = new Golden("dynamicrafter/autoencoder");
        using CheckpointWeights weights = golden.Weights();
        KlAutoencoder autoencoder = Build(golden, weights);
        weights.Verify();

        (Tensor mean, Tensor logVariance) = autoencoder.Encode(golden["image"]);

        golden.Near("moments", autoencoder.Moments(golden["image"]), Tolerance);
        golden.Near("mean", mean, Tolerance);
        golden.Near("logvar", logVariance, Tolerance);
        golden.Near("mean_4x3", autoencoder.Encode(golden["image_4x3"]).Mean, Tolerance);
        golden.Near("decoded", autoencoder.Decode(golden["z"]), Tolerance);
    }

    [Fact]
    public void SmallParameters_ShowTheOriginalsEpsilons()
    {
        using var golden = new Golden("dynamicrafter/autoencoder");
        using CheckpointWeights weights = golden.Weights();
        KlAutoencoder autoencoder = Build(golden, weights);
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);

        golden.Near("params_x0.05.mean", autoencoder.Encode(golden["image"]).Mean, 1e-4);
        golden.Near("params_x0.05.decoded_first", autoencoder.Decode(golden["z"].narrow(0, 0, 1)), 1e-4);
    }

    private static KlAutoencoder Build(Golden golden, IWeightSource weights)
    {
        JsonElement parameters = golden.Config.GetProperty("params");
        return new KlAutoencoder(
            parameters.GetProperty("ddconfig").Deserialize<AutoencoderConfig>()!,
            parameters.GetProperty("embed_dim").GetInt64(),
            WeightScope.Root(weights));
    }
}
