using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Networks.DynamiCrafter;

public sealed class VideoUNetTests
{
    // Float32 on another BLAS: the reference itself moves by 5e-6 of its largest value between two runs.
    private const double Tolerance = 5e-5;

    // All parameters times 0.05: small activations, where a wrong epsilon shows; rounding weighs more there.
    private const double SmallTolerance = 1e-4;

    [Theory]
    [InlineData("unet_2level_wide")]
    [InlineData("unet_4level")]
    [InlineData("unet_2res_alpha")]
    public void Forward_OnGoldenInputs_GivesTheOriginalsOutput(string name)
    {
        using var golden = new Golden($"dynamicrafter/{name}");
        using CheckpointWeights weights = golden.Weights();
        VideoUNet unet = Build(golden, weights);
        weights.Verify();

        Tensor output = unet.Forward(golden["x"], golden["timesteps"], golden["context"], golden["fs"]);

        golden.Near("out", output, Tolerance);
    }

    [Fact]
    public void Forward_WithOneSetOfImageTokens_GivesThemToEveryFrame()
    {
        using var golden = new Golden("dynamicrafter/unet_2level_wide");
        using CheckpointWeights weights = golden.Weights();
        VideoUNet unet = Build(golden, weights);

        Tensor output = unet.Forward(golden["x"], golden["timesteps"], golden["context_single"], golden["fs"]);

        golden.Near("out_context_single", output, Tolerance);
    }

    [Theory]
    [InlineData("unet_2level_wide")]
    [InlineData("unet_4level")]
    [InlineData("unet_2res_alpha")]
    public void Forward_WithSmallParameters_UsesTheOriginalsEpsilons(string name)
    {
        using var golden = new Golden($"dynamicrafter/{name}");
        using CheckpointWeights weights = golden.Weights();
        VideoUNet unet = Build(golden, weights);
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);

        Tensor output = unet.Forward(golden["x"], golden["timesteps"], golden["context"], golden["fs"]);

        golden.Near("params_x0.05.out", output, SmallTolerance);
    }

    [Theory]
    [InlineData("unet_512", false)]
    [InlineData("unet_256", true)]
    public void FullSize_NamesAndShapes_AreTheOriginals(string config, bool learnableScale)
    {
        using var golden = new Golden("dynamicrafter/state_dict_shapes");
        var listing = new ShapeListing();
        _ = new VideoUNet(golden.Config.GetProperty(config).Deserialize<UNetConfig>()!, WeightScope.Root(listing));

        IEnumerable<string> expected = golden.Shapes("unet_512.json");
        if (learnableScale) expected = expected.Concat(golden.Shapes("unet_256_only_differences.json")).Order(StringComparer.Ordinal);

        Assert.Equal(expected, Golden.Lines(listing));
    }

    [Fact]
    public void Forward_Finished_LeavesOnlyItsResult()
    {
        using var golden = new Golden("dynamicrafter/unet_2level_wide");
        using CheckpointWeights weights = golden.Weights();
        VideoUNet unet = Build(golden, weights);
        (Tensor x, Tensor t, Tensor context, Tensor fps) = (golden["x"], golden["timesteps"], golden["context"], golden["fs"]);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using Tensor output = unet.Forward(x, t, context, fps);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static VideoUNet Build(Golden golden, IWeightSource weights) =>
        new(golden.Config.GetProperty("params").Deserialize<UNetConfig>()!, WeightScope.Root(weights));
}
