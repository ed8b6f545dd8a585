using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Pipelines;
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
        using var scope = NewDisposeScope();
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
        using VideoPipeline pipeline = VideoPipeline.Load(model.Folder, CPU);
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
        using VideoPipeline pipeline = VideoPipeline.Load(model.Folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with { Statistics = new LatentStatistics(new float[4 * 4 * 4 * 4], [4, 4, 4, 4], 1, 1) };

        Assert.Contains("(4, 4, 8, 8)", Assert.Throws<StatisticsException>(() => pipeline.StartLatents(plan)).Message, StringComparison.Ordinal);
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

        string message = Assert.Throws<CheckpointException>(() => VideoPipeline.Load(model.Folder, CPU)).Message;

        Assert.Contains("missing: first_stage_model.quant_conv.bias (8)", message, StringComparison.Ordinal);
        Assert.Contains("spare: model.diffusion_model.extra.weight", message, StringComparison.Ordinal);
        Assert.Contains("misshapen: image_proj_model.proj_in.bias: expected (32), got (3)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_WithFaults_ListsThemAll()
    {
        (TinyModel.Manifest with { Height = 33, Family = "other", ScaleFactor = 0 }).Write(model.Folder);

        string message = Assert.Throws<ModelFolderException>(() => ModelManifest.Read(model.Folder)).Message;

        Assert.Contains("3 faults", message, StringComparison.Ordinal);
        Assert.Contains("height: must be a multiple of 8, got 33", message, StringComparison.Ordinal);
        Assert.Contains("got 'other'", message, StringComparison.Ordinal);
    }

    public void Dispose() => model.Dispose();

    private Tensor FirstStep(ScalarType precision)
    {
        using VideoPipeline pipeline = VideoPipeline.Load(model.Folder, CPU, precision);
        using Conditioning conditioning = Encode(pipeline, 5);
        SamplingPlan plan = SamplingPlan.Default(TinyModel.Manifest, 5) with { GuidanceScale = 1 };
        return pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0).PredictedX0;
    }

    private static Conditioning Encode(VideoPipeline pipeline, ulong seed) => pipeline.Encode(new ConditioningInput
    {
        Image = Image, Height = 32, Width = 32, Prompt = "a cat", Fps = 24, Frames = 4, Seed = seed,
    });

    private byte[] Render(SamplingOverride options)
    {
        using var scope = NewDisposeScope();
        using VideoPipeline pipeline = VideoPipeline.Load(model.Folder, CPU);
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
