using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

public sealed class SvdPipelineTests : IDisposable
{
    private const int Height = 32, Width = 48, Frames = 4;

    private readonly TinySvd model = new();
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Plan_OfTheDefaults_IsTheManifests()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 1);

        Assert.Equal(
            (4, 3.0, 700, Frames, Height, Width), (plan.Steps, plan.GuidanceScale, plan.Start, plan.Frames, plan.Height, plan.Width));
        Assert.Equal((4, 2, 3), (pipeline.StepCount(plan), pipeline.Manifest.SpatialScale, pipeline.Manifest.DecodeChunk!.Value));
        Assert.Equal(4, pipeline.Manifest.SizeMultiple);
    }

    [Theory]
    [InlineData(700)]
    [InlineData(20)]
    public void StartLatents_WithoutStatistics_AreNoiseOfTheHighestLevel(int start)
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);

        double deviation = pipeline.StartLatents(Plan(pipeline) with { Start = start }).std(false).ToDouble();

        // 1536 draws: a deviation of the estimate of 2 %.
        Assert.InRange(deviation / start, 0.9, 1.1);
    }

    [Fact]
    public void StartLatents_WithStatistics_AreThePapersOrThePublishedCodes()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        long[] shape = pipeline.Manifest.LatentShape(Frames, Height, Width);
        float[] expectation = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, axis) => product * axis)).Select(i => i % 7)];
        const double Variance = 9;
        SamplingPlan plan = Plan(pipeline) with { Start = 20 };
        Tensor plain = pipeline.StartLatents(plan) / Math.Sqrt(401), mean = tensor(expectation, [1, .. shape]);
        plan = plan with { Statistics = new LatentStatistics(expectation, shape, Variance, clips: 1) };

        Tensor paper = pipeline.StartLatents(plan), published = pipeline.StartLatents(plan with { Mode = AnalyticInitMode.RepoCompat });

        Near(mean + (plain * Math.Sqrt(400 + Variance)), paper);
        Near((plain * (mean + 401).sqrt()) + Variance, published);
    }

    [Fact]
    public void Step_FromStoredLatents_GivesTheSameBytesAndHearsPictureAndGuidance()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU), other = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = Plan(pipeline);
        using Conditioning conditioning = Condition(pipeline, 90), again = Condition(other, 90), brighter = Condition(pipeline, 200);
        Tensor first = pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0).Latents;

        Tensor second = pipeline.Step(first, conditioning, plan, 1).Latents;

        Assert.Equal(second.bytes.ToArray(), other.Step(first, again, plan, 1).Latents.bytes.ToArray());
        Assert.NotEqual(second.bytes.ToArray(), pipeline.Step(first, brighter, plan, 1).Latents.bytes.ToArray());
        Assert.NotEqual(
            second.bytes.ToArray(), pipeline.Step(first, conditioning, plan with { GuidanceScale = 1 }, 1).Latents.bytes.ToArray());
        Near(second, pipeline.Step(first, conditioning, plan with { BatchGuidance = true }, 1).Latents);
    }

    [Fact]
    public void Decode_SeesTheFramesOfAChunkTogether()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = Plan(pipeline);
        Tensor clean = pipeline.StartLatents(plan with { Start = 1 });

        byte[] together = pipeline.Decode(clean, 0, 2), alone = [.. pipeline.Decode(clean, 0, 1), .. pipeline.Decode(clean, 1, 1)];

        Assert.Equal(2 * Height * Width * 3, together.Length);
        Assert.NotEqual(together, alone);
        Assert.Equal((Width, Height), (pipeline.Preview(clean).Width, pipeline.Preview(clean).Height));
    }

    [Fact]
    public void EncodeClip_GivesScaledLatents()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);

        Tensor latents = pipeline.EncodeClip(new byte[2 * Height * Width * 3], 2, Height, Width, seed: 1, clip: 0);

        Assert.Equal([4, 2, 16, 24], latents.shape);
    }

    [Fact]
    public void Plan_OutOfRange_IsRefusedWithBothSides()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);

        string message =
            Assert.Throws<SamplingPlanException>(() => pipeline.StepCount(Plan(pipeline) with { Steps = 1001, Width = 50 })).Message;

        Assert.Contains("steps: must be 1 to 1000, got 1001", message, StringComparison.Ordinal);
        Assert.Contains("multiples of 4, got 50x32", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "\"projection_dim\": 24", "\"projection_dim\": 16",
        "unet cross_attention_dim: must be the image_encoder's projection_dim (16), got 24")]
    [InlineData("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"quick_gelu\"", "hidden_act: expected gelu, got quick_gelu")]
    [InlineData("\"image_size\": 28, ", "", "image_size: missing")]
    public void Load_WithAConfigThatDoesNotFit_NamesFileAndField(string from, string to, string message)
    {
        string path = model.PathOf("image_encoder", "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));

        string text = Assert.Throws<ModelFolderException>(() => ModelFolder.Load(model.Folder, CPU)).Message;

        Assert.Contains(message, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithAPartMissing_NamesIt()
    {
        File.Delete(model.PathOf("vae", "config.json"));

        Assert.Contains(
            "has no vae/config.json", Assert.Throws<ModelFolderException>(() => ModelFolder.Load(model.Folder, CPU)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAnUnknownFamily_ListsTheKnownOnes()
    {
        string path = Path.Combine(model.Folder, "model.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"svd\"", "\"sora\"", StringComparison.Ordinal));

        string text = Assert.Throws<ModelFolderException>(() => ModelFolder.Load(model.Folder, CPU)).Message;

        Assert.Contains("known: dynamicrafter, videocrafter1, svd; got 'sora'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithATensorMissing_ListsIt()
    {
        string path = model.PathOf("unet", "diffusion_pytorch_model.safetensors");
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
        {
            SafetensorsWriter.Save(
                path + ".part",
                reader.Entries.Keys.Where(name => name != "conv_in.bias").Select(name => (name, reader.Read(name))).ToArray());
        }

        File.Move(path + ".part", path, overwrite: true);

        Assert.Contains(
            "missing: conv_in.bias", Assert.Throws<CheckpointException>(() => ModelFolder.Load(model.Folder, CPU)).Message,
            StringComparison.Ordinal);
    }

    public void Dispose()
    {
        scope.Dispose();
        model.Dispose();
    }

    private static SamplingPlan Plan(VideoPipeline pipeline) => SamplingPlan.Default(pipeline.Manifest, 7);

    [Fact]
    public void Encode_WithControlsOfMotion_TellsThemInTheManifestsPlace()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SvdSampling told = ((SvdManifest)pipeline.Manifest).Sampling;
        SamplingPlan plan = Plan(pipeline);
        byte[] Step(double? bucket, double? noise)
        {
            using Conditioning conditioning = pipeline.Encode(Input(90) with { MotionBucket = bucket, NoiseAugmentation = noise });
            return pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0).Latents.bytes.ToArray();
        }

        byte[] plain = Step(null, null);

        Assert.Equal(plain, Step(told.MotionBucket, told.NoiseAugmentation));
        Assert.NotEqual(plain, Step(told.MotionBucket + 100, null));
        Assert.NotEqual(plain, Step(null, told.NoiseAugmentation + 1));
    }

    private static Conditioning Condition(VideoPipeline pipeline, byte grey) => pipeline.Encode(Input(grey));

    private static ConditioningInput Input(byte grey) => new()
    {
        Image = [.. Enumerable.Repeat(grey, Height * Width * 3)], Height = Height,
        Width = Width, Prompt = "", Fps = 5, Frames = Frames, Seed = 7,
    };

    private static void Near(Tensor expected, Tensor actual) =>
        Assert.InRange((expected - actual).abs().max().ToDouble() / expected.abs().max().ToDouble(), 0, 1e-4);
}
