using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.VideoCrafter1;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Networks.VideoCrafter1;

public sealed class VideoCrafterUNetTests
{
    // Float32 on another BLAS: the case's own suggestion is 5e-5, and 1e-4 where activations are small.
    private const double Tolerance = 5e-5, SmallTolerance = 1e-4;

    [Theory]
    [InlineData("unet_2level_wide")]
    [InlineData("unet_4level")]
    public void Forward_OnGoldenInputs_GivesTheOriginalsOutput(string name)
    {
        using var golden = new Golden($"videocrafter1/{name}");
        using CheckpointWeights weights = golden.Weights();
        VideoUNet unet = Build(golden, weights);
        weights.Verify();

        golden.Near("out", unet.Forward(golden["x"], golden["timesteps"], golden["context"], golden["fps"]), Tolerance);
        golden.Near("out_default_fps16", unet.Forward(golden["x"], golden["timesteps"], golden["context"]), Tolerance);
    }

    [Theory]
    [InlineData("unet_2level_wide")]
    [InlineData("unet_4level")]
    public void Forward_WithSmallParameters_UsesTheOriginalsEpsilons(string name)
    {
        using var golden = new Golden($"videocrafter1/{name}");
        using CheckpointWeights weights = golden.Weights();
        VideoUNet unet = Build(golden, weights);
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);

        golden.Near("params_x0.05.out", unet.Forward(golden["x"], golden["timesteps"], golden["context"], golden["fps"]), SmallTolerance);
    }

    [Fact]
    public void FullSize_NamesAndShapes_AreTheOriginals()
    {
        using var golden = new Golden("videocrafter1/state_dict_shapes");
        var listing = new ShapeListing();
        _ = new VideoUNet(VideoCrafterUNet.Read(golden.Config.GetProperty("unet_i2v_512")), WeightScope.Root(listing));
        var resampler = new ShapeListing();
        _ = new Resampler(golden.Config.GetProperty("resampler").Deserialize<ResamplerConfig>()!, WeightScope.Root(resampler));

        Assert.Equal(golden.Shapes("unet_i2v_512.json"), Golden.Lines(listing));
        Assert.Equal(golden.Shapes("resampler.json"), Golden.Lines(resampler));
    }

    [Fact]
    public void ImageEmbedding_OnGoldenPixels_GivesTheOriginalsTokens()
    {
        using var golden = new Golden("videocrafter1/image_embedding");
        using var tower = new Golden("openclip/vision");
        using CheckpointWeights towerWeights = tower.Weights(), weights = golden.Weights();
        var vision = new VisionTower(
            golden.Config.GetProperty("open_clip").Deserialize<OpenClipConfig>()!, WeightScope.Root(towerWeights, "visual"));
        towerWeights.Verify();
        var resampler = new Resampler(golden.Config.GetProperty("resampler").Deserialize<ResamplerConfig>()!, WeightScope.Root(weights));
        weights.Verify();

        Tensor tokens = vision.Tokens(golden["pixel_values"]);

        golden.Near("tokens", tokens, 1e-4);
        golden.Near("image_embeds", resampler.Forward(tokens), 1e-4);
        golden.Near("zero_pixel_embeds", resampler.Forward(vision.Tokens(golden["pixel_values"].zeros_like())), 1e-4);
    }

    private static VideoUNet Build(Golden golden, IWeightSource weights) =>
        new(VideoCrafterUNet.Read(golden.Config.GetProperty("params")), WeightScope.Root(weights));
}
