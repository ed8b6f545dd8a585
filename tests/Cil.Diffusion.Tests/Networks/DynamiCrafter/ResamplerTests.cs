using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.TestKit.Models;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Networks.DynamiCrafter;

public sealed class ResamplerTests
{
    // Outputs are layer-normed, of size 1; the reference moves by 5e-6 between two runs.
    private const double Tolerance = 5e-5;

    [Theory]
    [InlineData("params", "weights.safetensors", "out")]
    [InlineData("params_without_video_length", "weights_without_video_length.safetensors", "out_without_video_length")]
    public void Forward_OnGoldenTokens_GivesTheOriginalsOutput(string parameters, string file, string output)
    {
        using var golden = new Golden("dynamicrafter/resampler");
        using CheckpointWeights weights = golden.Weights(file);
        var resampler = new Resampler(golden.Config.GetProperty(parameters).Deserialize<ResamplerConfig>()!, WeightScope.Root(weights));
        weights.Verify();

        Tensor context = resampler.Forward(golden["x"]);

        golden.Near(output, context, Tolerance);
    }
}
