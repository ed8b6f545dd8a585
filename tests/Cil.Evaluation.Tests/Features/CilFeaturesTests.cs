using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Features;
using Cil.Evaluation.Metrics;
using Cil.Training.Datasets;
using Cil.Training.World;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Features;

public sealed class CilFeaturesTests
{
    private const int Count = 32;

    /// <summary>
    /// It grows as videos move less, and shows shuffled frames and noise; that these count for less than standing still, and
    /// decoding for next to nothing, docs/science.md says.
    /// </summary>
    [Fact]
    public void FrechetDistance_GrowsAsVideosMoveLess_AndShowsShuffledFramesAndNoise()
    {
        SpriteAssets assets = Assets();
        SpriteDataset dataset = WorldClips.Evaluation(assets, 5);
        byte[][] real = [.. Draw(dataset, 0)], other = [.. Draw(dataset, Count)];
        // The same scenes, each with half its strength.
        var slow = new SpriteDataset(assets, dataset.Options with { Strength = new SpriteStrength { Range = (4, 12) } });
        var random = new Random(1);
        using var network = CilFeatures.Shipped(CPU);
        float[,] features = Describe(network, real).Features;
        double Distance(byte[][] videos) => FrechetDistance.Compute(features, Describe(network, videos).Features);

        double same = Distance(other), half = Distance([.. Draw(slow, Count)]);
        Assert.InRange(Distance(Decoded(other)) / same, 0.75, 1.25);
        Assert.True(half > 2 * same, $"{half} and {same}");
        Assert.True(Distance([.. other.Select(video => Frames(video, _ => 0))]) > 2 * half);
        Assert.True(Distance([.. other.Select(video => Shuffled(video, random))]) > 2 * same);
        Assert.True(Distance([.. other.Select(video => Noise(video.Length, random))]) > 2 * same);
    }

    [Fact]
    public void Of_GivesLogitsOfMovementAndKindTogether_WhoseProbabilitiesAddUpToOne()
    {
        using var network = CilFeatures.Shipped(CPU);
        using DisposeScope scope = NewDisposeScope();

        (Tensor features, Tensor logits) = network.Of(rand([2, 3, 8, 64, 64]) - 0.5f);

        Assert.Equal([2, CilFeatures.Width], features.shape);
        Assert.True(allclose(logits.exp().sum(1), ones(2), atol: 1e-4));
    }

    private static FeatureSet Describe(CilFeatures network, byte[][] videos) =>
        VideoTensors.Describe(network, videos, WorldModel.Frames, WorldModel.Size, WorldModel.Size, CPU);

    private static IEnumerable<byte[]> Draw(SpriteDataset dataset, int first) =>
        Enumerable.Range(first, Count).Select(i => dataset.Draw(i).Frames);

    // Through the shipped model's autoencoder and back.
    private static byte[][] Decoded(byte[][] videos)
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Cil.sln"))) at = at.Parent!;
        using VideoPipeline pipeline = ModelFolder.Load(Path.Combine(at.FullName, "models", "cil-tiny"), CPU);
        using DisposeScope scope = NewDisposeScope();
        return [.. videos.Select((video, i) => pipeline.Decode(
            pipeline.EncodeClip(video, WorldModel.Frames, WorldModel.Size, WorldModel.Size, 1, i).unsqueeze(0), 0, WorldModel.Frames))];
    }

    private static byte[] Shuffled(byte[] video, Random random)
    {
        int[] order = [.. Enumerable.Range(0, WorldModel.Frames)];
        random.Shuffle(order);
        return Frames(video, frame => order[frame]);
    }

    private static byte[] Frames(byte[] video, Func<int, int> from)
    {
        int frame = video.Length / WorldModel.Frames;
        return [.. Enumerable.Range(0, WorldModel.Frames).SelectMany(i => video.Skip(from(i) * frame).Take(frame))];
    }

    private static byte[] Noise(int length, Random random)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    // Discs and squares of many colours, over a ground with a pattern, and plain ones.
    private static SpriteAssets Assets()
    {
        Sprite[] sprites = [.. Enumerable.Range(0, 12).Select(i => new Sprite($"thing {i}", Layer(64, (x, y) => i % 2 == 0
            ? Math.Sqrt(((x - 31.5) * (x - 31.5)) + ((y - 31.5) * (y - 31.5))) <= 31
            : Math.Max(Math.Abs(x - 31.5), Math.Abs(y - 31.5)) <= 24, i), SpriteSplit.HeldOut))];
        return new SpriteAssets(sprites, [(Layer(256, (_, _) => true, 5), SpriteSplit.HeldOut)]);
    }

    private static PictureLayer Layer(int side, Func<int, int, bool> isThere, int kind)
    {
        byte[] pixels = new byte[side * side * 4];
        for (int i = 0; i < side * side; i++)
        {
            (int x, int y) = (i % side, i / side);
            for (int colour = 0; colour < 3; colour++)
            {
                pixels[(4 * i) + colour] =
                    (byte)(128 + (60 * Math.Sin(kind + (2 * colour))) + (60 * Math.Sin((x * 0.11) + kind) * Math.Cos((y * 0.13) + colour)));
            }

            pixels[(4 * i) + 3] = isThere(x, y) ? (byte)255 : (byte)0;
        }

        return new PictureLayer(new Picture { Width = side, Height = side, Pixels = pixels });
    }
}
