using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Models;

/// <summary>
/// Each system takes a step from each container that its checkpoints are released in, and gives what it gives from
/// safetensors.
/// </summary>
public sealed class ContainerTests : IDisposable
{
    private const string UNet = "unet/diffusion_pytorch_model.safetensors",
        Autoencoder = "vae/diffusion_pytorch_model.safetensors", Encoder = "image_encoder/model.safetensors";

    private readonly string folder = Directory.CreateTempSubdirectory("cil-containers-").FullName;

    [Theory]
    [InlineData("dynamicrafter", true)]
    [InlineData("dynamicrafter", false)]
    [InlineData("videocrafter1", true)]
    public void Lvdm_FromALightningCheckpoint_GivesTheSameStep(string family, bool lightning)
    {
        LvdmManifest manifest = family == FamilyName.VideoCrafter1 ? TinyModel.VideoCrafter1 : TinyModel.Manifest;
        using var model = new TinyModel(manifest);
        byte[] expected = Step(model.Folder);
        string weights = Path.Combine(model.Folder, "weights.safetensors"), name = lightning ? "model.ckpt" : "weights.bin";
        if (lightning)
        {
            Containers.Light(weights, Path.Combine(model.Folder, name));
            File.Delete(weights);
        }
        else
        {
            Containers.Pickle(weights);
        }

        (manifest with { Files = new ModelFiles { Weights = name } }).Write(model.Folder);

        AssertNear(expected, Step(model.Folder));
    }

    [Theory]
    [InlineData("safetensors")]
    [InlineData("sharded")]
    [InlineData("pickled")]
    public void Svd_FromAFolderOfDiffusers_GivesTheSameStep(string container)
    {
        using var model = new TinySvd();
        byte[] expected = Step(model.Folder);
        foreach (string file in (string[])[UNet, Autoencoder, Encoder])
        {
            string path = Path.Combine(model.Folder, file);
            if (container == "sharded") Containers.Shard(path);
            if (container == "pickled") Containers.Pickle(path);
        }

        AssertNear(expected, Step(Imported(model.Folder)));
    }

    [Fact]
    public void Svd_FromHalfPrecision_GivesNearlyTheSameStep()
    {
        using var model = new TinySvd();
        float[] expected = Numbers(Step(model.Folder));
        foreach (string file in (string[])[UNet, Autoencoder, Encoder]) Containers.Halve(Path.Combine(model.Folder, file));

        float[] halved = Numbers(Step(Imported(model.Folder)));

        // float16 keeps 11 bits of each weight.
        float most = expected.Max(Math.Abs);
        Assert.InRange(expected.Zip(halved, (one, other) => Math.Abs(one - other)).Max() / most, 1e-9, 1e-2);
    }

    [Fact]
    public void Svd_FromTheTrainersCheckpoint_TakesItsAveragesAndTheRestOfTheBase()
    {
        using var model = new TinySvd();
        byte[] expected = Step(model.Folder);
        string trained = Path.Combine(folder, "checkpoint-step-20000.ckpt");
        Containers.Train(Path.Combine(model.Folder, UNet), trained);
        ImportedModel imported = ModelImporter.Recognise(trained, model.Folder, Tuning.TimeNoise);

        ModelImporter.Write(Small(imported, model.Folder), Path.Combine(folder, "trained"));

        var told = (SvdManifest)imported.Manifest;
        Assert.Equal(("svd-timenoise", 16, 512, 320), (told.Name, told.Frames, told.Width, told.Height));
        Assert.Equal(
            (3, false, 20.0, 0.002),
            (told.Sampling.Fps, told.Sampling.FpsLessOne, told.Sampling.MotionBucket, told.Sampling.NoiseAugmentation));
        AssertNear(expected, Step(Path.Combine(folder, "trained")));
    }

    // The same weights lie elsewhere in another file, and on a processor sums are in another order where memory begins elsewhere.
    private static void AssertNear(byte[] expected, byte[] actual)
    {
        float[] one = Numbers(expected), other = Numbers(actual);
        Assert.Equal(one.Length, other.Length);
        Assert.Equal(0, one.Zip(other, (a, b) => Math.Abs(a - b)).Max() / one.Max(Math.Abs), 1e-5);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Imported(string source)
    {
        string target = Path.Combine(folder, "imported");
        ModelImporter.Write(Small(ModelImporter.Recognise(source), source), target);
        return target;
    }

    // The released size and sampling are for the released networks.
    private static ImportedModel Small(ImportedModel model, string like)
    {
        var small = (SvdManifest)ModelFolder.Read(like);
        return model with
        {
            Manifest = (SvdManifest)model.Manifest with
            {
                Frames = small.Frames,
                Height = small.Height,
                Width = small.Width,
                Sampling = small.Sampling,
            },
        };
    }

    private static byte[] Step(string model)
    {
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model, CPU);
        (int width, int height, int frames) = (pipeline.Manifest.Width, pipeline.Manifest.Height, pipeline.Manifest.Frames);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 7) with { Steps = 4 };
        var input = new ConditioningInput
        {
            Image = [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(i * 5))],
            Width = width, Height = height, Prompt = "a thing", Fps = 5, Frames = frames, Seed = 7,
        };
        using Conditioning conditioning = pipeline.Encode(input);
        return pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0).Latents.bytes.ToArray();
    }

    private static float[] Numbers(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
