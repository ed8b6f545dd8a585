using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

public sealed class LowPassGuidanceTests
{
    private const int Side = 32;

    private static readonly byte[] Image = Halves(Side, Side);

    private static readonly byte[] Mean = [.. Enumerable.Repeat((byte)100, Side * Side * 3)];

    // Pillow's and torchvision's antialiased bilinear: 4 to 2 pixels weighs 3, 3, 1 and 1, 3, 3 of 7; 2 to 4 weighs 1, 3/4, 1/4, 0.
    [Fact]
    public void Filter_OfHalfTheSize_WeighsAsAntialiasedBilinear()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor row = tensor([7f, 0f, 0f, 7f], [1, 1, 1, 4]).expand(1, 1, 4, 4).contiguous();

        float[] left = LowPassGuidance.Filter(tensor([7f, 0f, 0f, 0f], [1, 1, 1, 4]).expand(1, 1, 4, 4).contiguous(), 0.5)
            .select(2, 0).data<float>().ToArray();
        float[] both = LowPassGuidance.Filter(row, 0.5).select(2, 3).data<float>().ToArray();

        Assert.Equal([3f, 2.25f, 0.75f, 0f], left, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([3f, 3f, 3f, 3f], both, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Filter_OfFullStrength_LeavesTheMean()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = rand(1, 3, 8, 8);

        Tensor filtered = LowPassGuidance.Filter(image, 1);

        // The triangle of one pixel from eight weighs the middle more than the edges.
        Assert.InRange(filtered.std([2L, 3L], unbiased: false).max().ToSingle(), 0, 1e-5);
        Assert.Equal(5f, LowPassGuidance.Filter(full([1, 1, 8, 8], 5f), 0.6).max().ToSingle(), 1e-5);
    }

    [Theory]
    [InlineData(0.2, 20, 4)]
    [InlineData(0.2, 1, 1)]
    [InlineData(0.04, 50, 2)]
    [InlineData(1, 7, 7)]
    public void IsOn_IsSoForTheFirstShareOfTheSteps(double share, int count, int expected)
    {
        var guidance = new LowPassGuidance(0.6, share);

        Assert.Equal(
            Enumerable.Range(0, count).Select(step => step < expected),
            Enumerable.Range(0, count).Select(step => guidance.IsOn(step, count)));
    }

    // u(c) + w (v(c_lp) - u(c_lp)) from passes that are made one by one.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Predict_InTheFirstSteps_KeepsTheImageWithoutWordsAndLosesItsDetailWithThem(bool isVideoCrafter)
    {
        using TinyModel model = isVideoCrafter ? new TinyModel(TinyModel.VideoCrafter1) : new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning told = Encode(pipeline, Image, 1), whole = Encode(pipeline, Image), blurred = Encode(pipeline, Mean);
        SamplingPlan plain = SamplingPlan.Default(pipeline.Manifest, 5) with { GuidanceScale = 2.5, GuidanceRescale = 0 },
            plan = plain with { LowPass = new LowPassGuidance(1, 0.3) };
        Tensor latents = pipeline.StartLatents(plan);
        Tensor Pass(Conditioning conditioning, GuidancePass pass) => pipeline.Predict(latents, conditioning, plain, 0, pass);

        Tensor anchor = Pass(whole, GuidancePass.Unconditional), with = Pass(blurred, GuidancePass.Conditional),
            without = Pass(blurred, GuidancePass.Unconditional), guided = pipeline.Predict(latents, told, plan, 0);

        Near(anchor + ((with - without) * 2.5), guided);
        Near(guided, pipeline.Predict(latents, told, plan with { BatchGuidance = true }, 0));
        Assert.True(Distance(guided, pipeline.Predict(latents, whole, plain, 0)) > 1e-3, "the low-passed image changes the prediction");
    }

    [Fact]
    public void Predict_InLaterSteps_IsThatOfPlainGuidanceBitForBit()
    {
        using var model = new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning told = Encode(pipeline, Image, 1), whole = Encode(pipeline, Image);
        SamplingPlan plain = SamplingPlan.Default(pipeline.Manifest, 5), plan = plain with { LowPass = new LowPassGuidance(1) };
        Tensor latents = pipeline.StartLatents(plan);
        int last = pipeline.StepCount(plan) - 1;

        Assert.Equal(
            pipeline.Predict(latents, whole, plain, last).data<float>().ToArray(),
            pipeline.Predict(latents, told, plan, last).data<float>().ToArray());
    }

    // It reads no words: the pass with the image is that of the low-passed one.
    [Fact]
    public void Predict_OfStableVideoDiffusion_SeesTheLowPassedImageInTheFirstSteps()
    {
        using var model = new TinySvd();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        (int height, int width) = (pipeline.Manifest.Height, pipeline.Manifest.Width);
        byte[] image = Halves(width, height), mean = [.. Enumerable.Repeat((byte)100, height * width * 3)];
        using Conditioning told = Encode(pipeline, image, 1), whole = Encode(pipeline, image), blurred = Encode(pipeline, mean);
        SamplingPlan plain = SamplingPlan.Default(pipeline.Manifest, 5), plan = plain with { LowPass = new LowPassGuidance(1) };
        Tensor latents = pipeline.StartLatents(plan);
        int last = pipeline.StepCount(plan) - 1;

        Near(pipeline.Predict(latents, blurred, plain, 0), pipeline.Predict(latents, told, plan, 0));
        Assert.Equal(
            pipeline.Predict(latents, whole, plain, last).data<float>().ToArray(),
            pipeline.Predict(latents, told, plan, last).data<float>().ToArray());
    }

    [Fact]
    public void Predict_OfOnePassOrOfAnImageThatWasEncodedWithoutIt_IsRefused()
    {
        using var model = new TinyModel();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning told = Encode(pipeline, Image, 1), whole = Encode(pipeline, Image);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 5) with { LowPass = new LowPassGuidance(1) };
        using Tensor latents = pipeline.StartLatents(plan);

        Assert.Contains(
            "it has three",
            Assert.Throws<ArgumentException>(() => pipeline.Predict(latents, told, plan, 0, GuidancePass.Conditional)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "encoded without it", Assert.Throws<ArgumentException>(() => pipeline.Predict(latents, whole, plan, 0)).Message,
            StringComparison.Ordinal);
    }

    // Two colours whose mean is a whole number, so that the image of strength 1 can be given as bytes.
    private static byte[] Halves(int width, int height) =>
        [.. Enumerable.Range(0, height * width).SelectMany(i => Enumerable.Repeat((byte)(i % width < width / 2 ? 40 : 160), 3))];

    private static Conditioning Encode(VideoPipeline pipeline, byte[] image, double? lowPass = null)
    {
        ModelManifest manifest = pipeline.Manifest;
        return pipeline.Encode(new ConditioningInput
        {
            Image = image, Height = manifest.Height, Width = manifest.Width, Prompt = manifest.ReadsPrompt ? "a" : "",
            Fps = 8, Frames = manifest.Frames, Seed = 5, LowPassStrength = lowPass,
        });
    }

    private static double Distance(Tensor one, Tensor other) => (one - other).abs().max().ToDouble() / one.abs().max().ToDouble();

    private static void Near(Tensor expected, Tensor actual) => Assert.InRange(Distance(expected, actual), 0, 1e-4);
}
