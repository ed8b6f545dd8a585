using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Training.Runs;
using Cil.Training.Tests.Runs;
using Cil.Training.Trainers;
using Cil.Training.World;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.World;

public sealed class WorldFamilyTests : IDisposable
{
    private readonly RunFolder run = new(), otherRun = new(), output = new(), otherOutput = new();

    public void Dispose()
    {
        foreach (RunFolder folder in (RunFolder[])[run, otherRun, output, otherOutput]) folder.Dispose();
    }

    [Theory]
    [InlineData(FamilyName.VideoCrafter1)]
    [InlineData(FamilyName.StableVideoDiffusion)]
    public void Train_GivesThreeModelsThatRender_AndResumesBitForBit(string family)
    {
        WorldOptions options = WorldTrainerTests.Options(run.Path) with { Family = family, TowerSteps = 2, TuningSteps = 2 };
        Train(options, output.Path);
        // Of the same run, the first step of each fine-tuning in one process and the second in another.
        WorldOptions other = options with { Folder = otherRun.Path, TuningSteps = 1 };
        Train(other, otherOutput.Path);
        Tuning[] tuned = [Tuning.Naive, Tuning.TimeNoise];
        foreach (Tuning tuning in tuned) Directory.Delete(WorldTrainer.Folder(otherOutput.Path, tuning), recursive: true);
        Train(other with { TuningSteps = 2 }, otherOutput.Path);

        string[] trained = [.. Enum.GetValues<Tuning>().Select(tuning => Weights(output.Path, tuning))];
        Assert.Equal(3, trained.Distinct().Count());
        Assert.Equal(trained, Enum.GetValues<Tuning>().Select(tuning => Weights(otherOutput.Path, tuning)));
        foreach (Tuning tuning in Enum.GetValues<Tuning>())
        {
            using VideoPipeline pipeline = ModelFolder.Load(WorldTrainer.Folder(output.Path, tuning), CPU);
            Assert.Equal((family, tuning), (pipeline.Manifest.Family, pipeline.Manifest.Tuning));
            Assert.True(Denoised(pipeline).isfinite().all().ToBoolean());
        }
    }

    [Fact]
    public void Train_OfAFamilyThatIsNotKnown_IsRefusedByName()
    {
        TrainingException error = Assert.Throws<TrainingException>(
            () => new WorldTrainer(WorldTrainerTests.Assets(), WorldTrainerTests.Options(run.Path) with { Family = "sora" }));

        Assert.Contains("'sora'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Svd_HasTheSourcesAutoencoder_WhoseBlocksOverTimeChangeNothing()
    {
        Train(WorldTrainerTests.Options(run.Path) with { Family = FamilyName.StableVideoDiffusion }, output.Path);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        LvdmManifest source = ModelFolder.Read<LvdmManifest>(WorldTrainerTests.Source);
        using ITensorFile file = LvdmCheckpoint.Open(Path.Combine(WorldTrainerTests.Source, source.Files.Weights));
        using var weights = new CheckpointWeights(file, CPU, float32);
        KlAutoencoder original = new ModelNetworks(source, weights).Autoencoder;
        string folder = WorldTrainer.Folder(output.Path, Tuning.Plain);
        using SvdNetworks svd = SvdNetworks.Load(ModelFolder.Read<SvdManifest>(folder), folder, CPU, float32);
        byte[] frames = [.. Enumerable.Range(0, 2).SelectMany(
            i => WorldClips.Base(WorldTrainerTests.Assets(), 3).Draw(i).FirstFrame.ToArray())];
        Tensor pictures = ClipEncoder.Pixels(frames, 2, WorldModel.Size, WorldModel.Size);

        Tensor latents = original.Encode(pictures).Mean;
        Assert.True(allclose(latents, svd.Autoencoder.Encode(pictures).Mean, atol: 1e-4));
        // The same but for the borders, where one bias of the original's is not cut off.
        Tensor difference = original.Decode(latents) - svd.Autoencoder.Decode(latents, 2);
        Assert.InRange(difference.square().mean().sqrt().ToDouble(), 0, 0.02);
        Assert.True(allclose(svd.Autoencoder.Decode(latents, 2), svd.Autoencoder.Decode(latents, 1), atol: 1e-4));
    }

    private static void Train(WorldOptions options, string output) =>
        Assert.True(new WorldTrainer(WorldTrainerTests.Assets(), options).Train(output, (_, _) => { }, CancellationToken.None));

    private static string Weights(string output, Tuning tuning)
    {
        string folder = WorldTrainer.Folder(output, tuning);
        return Convert.ToHexString(
            System.Security.Cryptography.SHA256.HashData(
                File.ReadAllBytes(Path.Combine(folder, ModelFolder.Read(folder).WeightFiles[0]))));
    }

    // Two steps from noise, of a grey picture.
    private static Tensor Denoised(VideoPipeline pipeline)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelManifest manifest = pipeline.Manifest;
        SamplingPlan plan = SamplingPlan.Default(manifest, 1) with { Steps = 2 };
        using Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = [.. Enumerable.Repeat((byte)128, manifest.Height * manifest.Width * 3)],
            Height = manifest.Height, Width = manifest.Width, Prompt = "a block", Fps = manifest.Defaults.Fps,
            Frames = manifest.Frames, Seed = 1,
        });
        Tensor latents = pipeline.StartLatents(plan);
        for (int step = 0; step < pipeline.StepCount(plan); step++) latents = pipeline.Step(latents, conditioning, plan, step).Latents;
        return latents.MoveToOuterDisposeScope();
    }
}
