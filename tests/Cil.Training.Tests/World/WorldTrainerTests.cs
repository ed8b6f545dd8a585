using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;
using Cil.Training.Datasets;
using Cil.Training.Runs;
using Cil.Training.Tests.Runs;
using Cil.Training.World;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.World;

public sealed class WorldTrainerTests : IDisposable
{
    private readonly RunFolder run = new(), output = new();

    // The shipped model, whose autoencoder and towers the world has.
    internal static string Source { get; } = Path.Combine(Root(), "models", "cil-tiny");

    internal static WorldOptions Options(string folder) =>
        new() { Source = Source, Folder = folder, Clips = 8, TuningClips = 4, Steps = 2, TuningSteps = 1, Batch = 1, BFloat16 = false };

    public void Dispose()
    {
        run.Dispose();
        output.Dispose();
    }

    [Fact]
    public void Train_GivesThreeModelsOverOneAutoencoder_AndDoesNothingTwice()
    {
        Assert.True(new WorldTrainer(Assets(), Options(run.Path)).Train(output.Path, (_, _) => { }, CancellationToken.None));

        ModelManifest[] models = [.. Enum.GetValues<Tuning>().Select(tuning => ModelFolder.Read(WorldTrainer.Folder(output.Path, tuning)))];
        Assert.Equal(
            [(Tuning.Plain, null), (Tuning.Naive, "world-base"), (Tuning.TimeNoise, "world-base")],
            models.Select(model => (model.Tuning, model.Base)));
        using DisposeScope scope = NewDisposeScope();
        using var source = SafetensorsReader.Open(Path.Combine(Source, "weights.safetensors"));
        SafetensorsReader[] trained = [.. Enum.GetValues<Tuning>()
            .Select(tuning => SafetensorsReader.Open(Path.Combine(WorldTrainer.Folder(output.Path, tuning), "weights.safetensors")))];
        const string Frozen = "first_stage_model.decoder.conv_in.weight", Trained = "model.diffusion_model.out.2.weight";
        Assert.All(trained, model => Assert.Equal(source.Read(Frozen).bytes.ToArray(), model.Read(Frozen).bytes.ToArray()));
        Assert.Equal(3, trained.Select(model => Convert.ToHexString(model.Read(Trained).bytes.ToArray())).Distinct().Count());
        foreach (SafetensorsReader reader in trained) reader.Dispose();

        var stages = new List<string>();
        Assert.True(
            new WorldTrainer(Assets(), Options(run.Path)).Train(output.Path, (stage, _) => stages.Add(stage), CancellationToken.None));
        Assert.Empty(stages);
    }

    [Fact]
    public void Train_EncodesClipsAsTheAutoencoderDoes()
    {
        Assert.True(new WorldTrainer(Assets(), Options(run.Path)).Train(output.Path, (_, _) => { }, CancellationToken.None));
        using DisposeScope scope = NewDisposeScope();
        using var clips = SafetensorsReader.Open(Path.Combine(run.Path, "clips.safetensors"));
        using VideoPipeline pipeline = ModelFolder.Load(WorldTrainer.Folder(output.Path, Tuning.Plain), CPU);
        SpriteClip clip = WorldClips.Base(Assets(), Options(run.Path).Seed).Draw(3);

        Tensor network = pipeline.EncodeClip(clip.Frames, clip.FrameCount, clip.Size, clip.Size, 1, 0), stored = clips.Read("latents")[3];

        // Two samples of the same posterior, whose deviation is e^-2.5 = 0.08.
        Assert.InRange((network - stored).std().ToDouble(), 0.05, 0.25);
        Assert.True(network.std().ToDouble() > 3 * (network - stored).std().ToDouble(), $"{network.std().ToDouble()}");
    }

    [Fact]
    public void Train_OverAnAutoencoderThatIsNotAffine_IsRefused()
    {
        using var other = new TinyModel(TinyModel.Manifest with { Height = 64, Width = 64 });

        TrainingException error = Assert.Throws<TrainingException>(
            () => new WorldTrainer(Assets(), Options(run.Path) with { Source = other.Folder })
                .Train(output.Path, (_, _) => { }, CancellationToken.None));

        Assert.Contains("affine in patches", error.Message, StringComparison.Ordinal);
    }

    internal static SpriteAssets Assets()
    {
        byte[] pixels = new byte[64 * 64 * 4];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = i % 4 == 3 ? (byte)255 : (byte)(90 + (i / 4 % 64) + (i % 4 * 30));
        return new SpriteAssets(
            [new Sprite("block", new PictureLayer(new Picture { Width = 64, Height = 64, Pixels = pixels }), SpriteSplit.Train)], []);
    }

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Cil.sln"))) at = at.Parent!;
        return at.FullName;
    }
}
