using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Leakage;
using Cil.Training.Datasets;
using Cil.Training.World;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Leakage;

public sealed class BayesDenoiserTests
{
    [Fact]
    public void Run_WithLittleNoise_ReadsTheMotion_AndWithNothingElseThePrior()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Cil.sln"))) root = root.Parent!;
        string folder = Path.Combine(root.FullName, "models", "cil-tiny");
        byte[] pixels = new byte[64 * 64 * 4];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = i % 4 == 3 ? (byte)255 : (byte)(60 + (i / 4 % 64 * 2) + (i % 4 * 20));
        var assets = new SpriteAssets(
            [new Sprite("block", new PictureLayer(new Picture { Width = 64, Height = 64, Pixels = pixels }), SpriteSplit.Train)], []);
        var dataset = new SpriteDataset(assets, new SpriteOptions
        {
            Seed = 3, Frames = 4, Motions = [SpriteMotion.MoveLeft, SpriteMotion.MoveRight],
            Grounds = [SpriteGroundKind.Gradient], Strength = SpriteStrength.Evaluation,
        });
        using VideoPipeline pipeline = ModelFolder.Load(folder, CPU);
        using var encoder = WorldEncoder.Open(folder, dataset);

        IReadOnlyList<LeakagePoint> points = BayesDenoiser.Run(
            pipeline, encoder, dataset, SpriteStrength.Base, count: 3, [50, 1000], seed: 1);

        Assert.InRange(points[0].Motion, 0.85, 1.1);
        // Left and right weigh the same: what is left of the motion is what both have in common.
        Assert.InRange(points[1].Motion, -0.1, 0.6);
        Assert.Equal(3, points[0].Clips.Count);
    }
}
