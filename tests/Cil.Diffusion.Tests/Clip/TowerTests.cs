using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.TestKit.Models;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Clip;

public sealed class TowerTests
{
    // Float32 on another BLAS: the reference itself moves by 5e-6 of its largest value between two runs.
    private const double Tolerance = 5e-5;

    [Fact]
    public void TextTower_OnGoldenTokens_GivesPenultimateAndLast()
    {
        using var golden = new Golden("openclip/text");
        using CheckpointWeights weights = golden.Weights();
        var tower = new TextTower(Config(golden).Text, WeightScope.Root(weights));
        weights.Verify(ignored: TextTower.Unused.Contains);

        golden.Near("penultimate", tower.Forward(golden["tokens"]), Tolerance);
        golden.Near("last", tower.Forward(golden["tokens"], skipLast: 0), Tolerance);
    }

    [Fact]
    public void VisionTower_OnGoldenPixels_GivesTokensAndPooled()
    {
        using var golden = new Golden("openclip/vision");
        using CheckpointWeights weights = golden.Weights();
        var tower = new VisionTower(Config(golden), WeightScope.Root(weights, "visual"));
        weights.Verify();

        golden.Near("tokens", tower.Tokens(golden["pixel_values"]), Tolerance);
        golden.Near("pooled_projected", tower.Pooled(golden["pixel_values"]), Tolerance);
    }

    [Fact]
    public void FullSize_NamesAndShapes_AreTheOriginals()
    {
        using var golden = new Golden("openclip/state_dict_shapes");
        OpenClipConfig config = golden.Config.GetProperty("ViT_H_14").Deserialize<OpenClipConfig>()!;
        var text = new ShapeListing();
        var vision = new ShapeListing();
        _ = new TextTower(config.Text, WeightScope.Root(text));
        _ = new VisionTower(config, WeightScope.Root(vision, "visual"));

        Assert.Equal(golden.Shapes("text.json", TextTower.Unused), Golden.Lines(text));
        Assert.Equal(golden.Shapes("vision.json"), Golden.Lines(vision));
    }

    private static OpenClipConfig Config(Golden golden) => golden.Config.GetProperty("open_clip").Deserialize<OpenClipConfig>()!;
}
