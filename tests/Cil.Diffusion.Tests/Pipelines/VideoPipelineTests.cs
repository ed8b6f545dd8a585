using System.Security.Cryptography;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Randomness;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

public sealed class VideoPipelineTests : IDisposable
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i * 7))];
    private readonly TinyModel model = new();

    [Fact]
    public void Render_GivesFramesOfTheSizeAndTheSameBytesTwice()
    {
        byte[] once = Render(new SamplingOverride());
        byte[] twice = Render(new SamplingOverride());

        Assert.Equal(4 * 32 * 32 * 3, once.Length);
        Assert.Equal(once, twice);
        Assert.True(once.Distinct().Count() > 8, "the random model gives a picture");
        Assert.NotEqual(once, Render(new SamplingOverride(Seed: 6)));
    }

    [Fact]
    public void Render_ResumedFromStoredLatents_GivesTheSameBytes()
    {
        byte[] whole = Render(new SamplingOverride());
        byte[] cut = Render(new SamplingOverride(ThroughBytes: true));

        Assert.Equal(whole, cut);
    }

    [Fact]
    public void Step_InBfloat16_StaysNearFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor exact = FirstStep(float32), rounded = FirstStep(bfloat16);

        // bfloat16 keeps 8 bits, 0.4 %, and rounding adds up over some 60 layers: 4 % of the largest value was seen.
        Assert.InRange((rounded - exact).abs().max().item<float>() / exact.abs().max().item<float>(), 1e-6, 0.08);
    }

    [Fact]
    public void Render_Finished_LeavesNoTensor()
    {
        _ = Render(new SamplingOverride());
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        _ = Render(new SamplingOverride());

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void StartLatents_WithStatistics_FollowThem()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        var statistics = new LatentStatistics([.. Enumerable.Repeat(3f, 4 * 4 * 8 * 8)], [4, 4, 8, 8], 2, 10);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with { Start = 500, Statistics = statistics };

        using Tensor with = pipeline.StartLatents(plan);
        using Tensor without = pipeline.StartLatents(plan with { Statistics = null });
        using Tensor shift = with.mean() - without.mean();

        double abar = TinyModel.Manifest.Schedule.Build().AlphasCumprod[499];
        Assert.InRange(shift.item<float>(), (3 * Math.Sqrt(abar)) - 0.1, (3 * Math.Sqrt(abar)) + 0.1);
    }

    [Fact]
    public void StartLatents_StatisticsOfAnotherShape_AreRefused()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with
        {
            Statistics = new LatentStatistics(new float[4 * 4 * 4 * 4], [4, 4, 4, 4], 1, 1),
        };

        Assert.Contains(
            "(4, 4, 8, 8)", Assert.Throws<StatisticsException>(() => pipeline.StartLatents(plan)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_WhoseFileIsWrittenTo_AreNoticed()
    {
        string path = Path.Combine(model.Folder, "weights.safetensors");
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        pipeline.RequireItsWeights();

        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.Write(new byte[8]);

        Assert.Contains(
            "tiny: its weights were written to", Assert.Throws<IOException>(pipeline.RequireItsWeights).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_WhoseFileAnotherIsMovedOnto_StayAsTheyAre()
    {
        string path = Path.Combine(model.Folder, "weights.safetensors"), other = $"{path}.new";
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);

        File.WriteAllBytes(other, [1, 2, 3]);
        File.Move(other, path, overwrite: true);

        pipeline.RequireItsWeights();
        Assert.Equal(hash, pipeline.WeightsHash);
    }

    [Fact]
    public void Load_WeightsThatDoNotFit_ListsEveryTensor()
    {
        string path = Path.Combine(model.Folder, "weights.safetensors");
        using (DisposeScope scope = NewDisposeScope())
        {
            using SafetensorsReader reader = SafetensorsReader.Open(path);
            var tensors = reader.Entries.Keys.Select(name => (name, reader.Read(name))).ToList();
            tensors.RemoveAll(entry => entry.name == "first_stage_model.quant_conv.bias");
            tensors.Add(("model.diffusion_model.extra.weight", ones(2)));
            int misshapen = tensors.FindIndex(entry => entry.name == "image_proj_model.proj_in.bias");
            tensors[misshapen] = (tensors[misshapen].name, ones(3));
            SafetensorsWriter.Save(path, tensors);
        }

        string message = Assert.Throws<CheckpointException>(() => ModelFolder.Load(model.Folder, CPU)).Message;

        Assert.Contains("missing: first_stage_model.quant_conv.bias (8)", message, StringComparison.Ordinal);
        Assert.Contains("spare: model.diffusion_model.extra.weight", message, StringComparison.Ordinal);
        Assert.Contains("misshapen: image_proj_model.proj_in.bias: expected (32), got (3)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_WithFaults_ListsThemAll()
    {
        (TinyModel.Manifest with { Height = 33, ScaleFactor = 0 }).Write(model.Folder);

        string message = Assert.Throws<ModelFolderException>(() => ModelFolder.Read(model.Folder)).Message;

        Assert.Contains("2 faults", message, StringComparison.Ordinal);
        Assert.Contains("height: must be a multiple of 8, got 33", message, StringComparison.Ordinal);
        Assert.Contains("scale_factor: must be above 0, got 0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_WithFilesElsewhereOrDefaultsOutOfRange_IsRefused()
    {
        (TinyModel.Manifest with
        {
            Files = new ModelFiles { Weights = "../other/weights.safetensors" },
            Sampling = new LvdmSampling { Start = 1001, Eta = 2 },
            Schedule = new ScheduleManifest { LinearStart = 0.02 },
            UNet = TinyModel.Manifest.UNet with { ChannelMult = [] },
        }).Write(model.Folder);

        string message = Assert.Throws<ModelFolderException>(() => ModelFolder.Read(model.Folder)).Message;

        Assert.Contains("5 faults", message, StringComparison.Ordinal);
        Assert.Contains(
            "files.weights: must be the name of a file beside model.json, got '../other/weights.safetensors'",
            message, StringComparison.Ordinal);
        Assert.Contains("sampling.start: must be 1 to 1000, got 1001", message, StringComparison.Ordinal);
        Assert.Contains("unet.channel_mult: must have at least one level, got none", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_LatentsOfAnotherShape_AreRefusedWithBothSides()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline, 5);
        using Tensor latents = zeros([1, 4, 2, 8, 8]);

        string message = Assert.Throws<ArgumentException>(
            () => pipeline.Step(latents, conditioning, SamplingPlan.Default(TinyModel.Manifest, 5), 0)).Message;

        Assert.Contains("latents: expected (1, 4, 4, 8, 8), got (1, 4, 2, 8, 8)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2.0)]
    public void Step_GuidanceInOnePass_IsThatOfSeveral(double? imageGuidance)
    {
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline, 5);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with { ImageGuidanceScale = imageGuidance };
        Tensor start = pipeline.StartLatents(plan);

        Tensor apart = pipeline.Step(start, conditioning, plan, 0).Latents;
        Tensor together = pipeline.Step(start, conditioning, plan with { BatchGuidance = true }, 0).Latents;

        // Only the order of sums differs between batch sizes.
        Assert.InRange((apart - together).abs().max().item<float>() / apart.abs().max().item<float>(), 0, 1e-4);
    }

    // With the same weight for both, u + w (i - u) + w (c - i) is plain guidance; with another it is not.
    [Fact]
    public void Step_ImageGuidanceOfTheSameScale_IsPlainGuidance()
    {
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline, 5);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5);
        Tensor start = pipeline.StartLatents(plan);

        Tensor plain = pipeline.Step(start, conditioning, plan, 0).Latents;
        Tensor same = pipeline.Step(start, conditioning, plan with { ImageGuidanceScale = plan.GuidanceScale }, 0).Latents;
        Tensor other = pipeline.Step(start, conditioning, plan with { ImageGuidanceScale = 1 }, 0).Latents;

        float most = plain.abs().max().item<float>();
        Assert.InRange((plain - same).abs().max().item<float>() / most, 0, 1e-4);
        Assert.True((plain - other).abs().max().item<float>() / most > 1e-3, "another image scale changes the latents");
    }

    [Fact]
    public void Render_ShorterThanTheWindow_GivesItsFrames()
    {
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline, 5, frames: 2);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with { Frames = 2 };

        StepResult step = pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0);

        Assert.Equal([1, 77 + (16 * 2), 32], ((LvdmConditioning)conditioning).Context.shape);
        Assert.Equal(2 * 32 * 32 * 3, pipeline.Decode(step.PredictedX0, 0, 2).Length);
    }

    [Fact]
    public void Decode_FramesThatAreNotThere_AreRefused()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Tensor latents = zeros([1, 4, 4, 8, 8]);

        Assert.Contains(
            "0 to 3, got 2 from 3", Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Decode(latents, 3, 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Preview_IsTheMiddleFrame()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Tensor latents = CounterNoise.Draw(1, 0, NoisePurpose.Start, 0, [1, 4, 4, 8, 8]);

        PreviewImage preview = pipeline.Preview(latents);

        Assert.Equal((32, 32), (preview.Width, preview.Height));
        Assert.Equal(pipeline.Decode(latents, 2, 1), preview.Rgb);
    }

    [Fact]
    public void Preview_OfALargeRender_IsSmall()
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Tensor latents = CounterNoise.Draw(1, 0, NoisePurpose.Start, 0, [1, 4, 1, 80, 128]);

        PreviewImage preview = pipeline.Preview(latents);

        Assert.Equal((256, 160), (preview.Width, preview.Height)); // 512 x 320, halved
        Assert.Equal(256 * 160 * 3, preview.Rgb.Length);
    }

    [Fact]
    public void EncodeClip_GivesEachFrameItsOwnSampleAndEachClipItsOwnNoise()
    {
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        byte[] still = [.. Enumerable.Repeat(Image, 5).SelectMany(bytes => bytes)];

        Tensor once = pipeline.EncodeClip(still, 5, 32, 32, 3, clip: 0), again = pipeline.EncodeClip(still, 5, 32, 32, 3, clip: 0);
        Tensor other = pipeline.EncodeClip(still, 5, 32, 32, 3, clip: 1);

        Assert.Equal([4, 5, 8, 8], once.shape);
        Assert.Equal(0, Apart(once, again));
        Assert.True(Apart(once, other) > 0, "another clip has other noise");
        Assert.True(Apart(once.select(1, 0), once.select(1, 4)) > 0, "frames have noise of their own");

        static float Apart(Tensor a, Tensor b) => (a - b).abs().max().item<float>();
    }

    public void Dispose() => model.Dispose();

    private Tensor FirstStep(ScalarType precision)
    {
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU, precision);
        using Conditioning conditioning = Encode(pipeline, 5);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with { GuidanceScale = 1 };
        return pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0).PredictedX0;
    }

    private static Conditioning Encode(VideoPipeline pipeline, ulong seed, int frames = 4) => pipeline.Encode(new ConditioningInput
    {
        Image = Image, Height = 32, Width = 32, Prompt = "a cat", Fps = 24, Frames = frames, Seed = seed,
    });

    private byte[] Render(SamplingOverride options)
    {
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline, options.Seed);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, options.Seed);
        Tensor latents = pipeline.StartLatents(plan);
        for (int step = 0; step < pipeline.StepCount(plan); step++)
        {
            latents = pipeline.Step(latents, conditioning, plan, step).Latents;
            if (!options.ThroughBytes) continue;
            byte[] stored = SafetensorsWriter.ToBytes([("latents", latents)]);
            using SafetensorsReader reader = SafetensorsReader.FromBytes("checkpoint", stored);
            latents = reader.Read("latents");
        }

        return pipeline.Decode(latents, 0, 4);
    }

    private sealed record SamplingOverride(ulong Seed = 5, bool ThroughBytes = false);
}
