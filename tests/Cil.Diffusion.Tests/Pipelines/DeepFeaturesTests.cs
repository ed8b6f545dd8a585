using Cil.Diffusion.Models;
using Cil.Diffusion.Networks;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

/// <summary>Steps that go through the network's first and last blocks alone.</summary>
public sealed class DeepFeaturesTests
{
    public static TheoryData<string, double, double?, bool> Systems => new()
    {
        { "dynamicrafter", 1, null, false }, { "dynamicrafter", 2.5, null, false }, { "dynamicrafter", 2.5, null, true },
        { "dynamicrafter", 2.5, 1.5, false }, { "videocrafter1", 2.5, null, false }, { "svd", 3, null, false }, { "svd", 3, null, true },
    };

    // What is kept is what the network would have given: with the same latents and time it gives the same bits.
    [Theory]
    [MemberData(nameof(Systems))]
    public void Step_WithTheDeepFeaturesOfTheSameLatents_GivesTheBitsOfTheWholeNetwork(
        string system, double guidance, double? imageGuidance, bool batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using TinySystem tiny = new(system);
        SamplingPlan plan = tiny.Plan with { GuidanceScale = guidance, ImageGuidanceScale = imageGuidance, BatchGuidance = batch };
        Tensor start = tiny.Pipeline.StartLatents(plan);
        using var deep = new DeepFeatures(2);

        float[] whole = Numbers(tiny.Pipeline.Step(start, tiny.Conditioning, plan, 1, deep).Latents),
            shallow = Numbers(tiny.Pipeline.Step(start, tiny.Conditioning, plan, 1, deep).Latents);

        Assert.Equal(Numbers(tiny.Pipeline.Step(start, tiny.Conditioning, plan, 1).Latents), whole);
        Assert.Equal(whole, shallow);
    }

    [Theory]
    [InlineData("dynamicrafter")]
    [InlineData("svd")]
    public void Step_WithTheDeepFeaturesOfTheStepBefore_IsNearTheWholeNetworks_AndNotIt(string system)
    {
        using DisposeScope scope = NewDisposeScope();
        using TinySystem tiny = new(system);
        Tensor start = tiny.Pipeline.StartLatents(tiny.Plan);
        using var deep = new DeepFeatures(2);

        Tensor second = tiny.Pipeline.Step(start, tiny.Conditioning, tiny.Plan, 0, deep).Latents,
            shallow = tiny.Pipeline.Step(second, tiny.Conditioning, tiny.Plan, 1, deep).Latents,
            whole = tiny.Pipeline.Step(second, tiny.Conditioning, tiny.Plan, 1).Latents;

        double difference = (shallow - whole).abs().max().ToDouble() / whole.abs().max().ToDouble();
        Assert.InRange(difference, 1e-6, 0.5);
        // The third step is whole again.
        Assert.Equal(
            Numbers(tiny.Pipeline.Step(shallow, tiny.Conditioning, tiny.Plan, 2).Latents),
            Numbers(tiny.Pipeline.Step(shallow, tiny.Conditioning, tiny.Plan, 2, deep).Latents));
    }

    // Its first steps make three passes, the others two: a step after them takes nothing that is another pass's.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_AfterLowPassedOnes_IsWhole(bool batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using TinySystem tiny = new("dynamicrafter", lowPass: 1);
        SamplingPlan plan = tiny.Plan with { LowPass = new LowPassGuidance(1, 0.5), BatchGuidance = batch };
        Tensor latents = tiny.Pipeline.StartLatents(plan);
        using var deep = new DeepFeatures(4);
        for (int step = 0; step < 2; step++) latents = tiny.Pipeline.Step(latents, tiny.Conditioning, plan, step, deep).Latents;

        Assert.Equal(
            Numbers(tiny.Pipeline.Step(latents, tiny.Conditioning, plan, 2).Latents),
            Numbers(tiny.Pipeline.Step(latents, tiny.Conditioning, plan, 2, deep).Latents));
    }

    [Fact]
    public void Steps_LeaveNoTensorBehind()
    {
        using TinySystem tiny = new("dynamicrafter");
        using (DisposeScope warm = NewDisposeScope()) _ = tiny.Pipeline.StartLatents(tiny.Plan);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (DisposeScope scope = NewDisposeScope())
        using (var deep = new DeepFeatures(2))
        {
            Tensor latents = tiny.Pipeline.StartLatents(tiny.Plan);
            for (int step = 0; step < 3; step++) latents = tiny.Pipeline.Step(latents, tiny.Conditioning, tiny.Plan, step, deep).Latents;
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static float[] Numbers(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private sealed class TinySystem : IDisposable
    {
        private readonly TinySvd? still;
        private readonly TinyModel? words;

        internal TinySystem(string system, double? lowPass = null)
        {
            still = system == "svd" ? new TinySvd() : null;
            words = still is not null ? null : system == "videocrafter1" ? new TinyModel(TinyModel.VideoCrafter1) : new TinyModel();
            Pipeline = ModelFolder.Load(still?.Folder ?? words!.Folder, CPU);
            Plan = SamplingPlan.Default(Pipeline.Manifest, 7) with { Steps = 4 };
            byte[] image = new byte[Plan.Height * Plan.Width * 3];
            new Random(3).NextBytes(image);
            Conditioning = Pipeline.Encode(new ConditioningInput
            {
                Image = image, Height = Plan.Height, Width = Plan.Width, Prompt = still is null ? "a thing" : "", NegativePrompt = "",
                Fps = Pipeline.Manifest.Defaults.Fps, Frames = Plan.Frames, Seed = 7, LowPassStrength = lowPass,
            });
        }

        internal VideoPipeline Pipeline { get; }

        internal SamplingPlan Plan { get; }

        internal Conditioning Conditioning { get; }

        public void Dispose()
        {
            Conditioning.Dispose();
            Pipeline.Dispose();
            words?.Dispose();
            still?.Dispose();
        }
    }
}
