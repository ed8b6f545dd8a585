using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

/// <summary>A step in parts: each pass of guidance by itself, joined, and the sampler's move.</summary>
public sealed class GuidanceInHalvesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_InParts_GivesTheSameBitsAsWhole(bool svd)
    {
        using TinySvd? still = svd ? new TinySvd() : null;
        using TinyModel? words = svd ? null : new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(still?.Folder ?? words!.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 5) with { GuidanceScale = 2.5 };
        // A step on, so that the two passes see a picture in the noise.
        Tensor latents = pipeline.Step(pipeline.StartLatents(plan), conditioning, plan, 0).Latents;

        StepResult whole = pipeline.Step(latents, conditioning, plan, 1);
        Tensor with = pipeline.Predict(latents, conditioning, plan, 1, GuidancePass.Conditional);
        Tensor without = pipeline.Predict(latents, conditioning, plan, 1, GuidancePass.Unconditional);
        StepResult parts = pipeline.Advance(latents, pipeline.Guide(with, without, plan), plan, 1);

        Assert.Equal(Numbers(whole.Latents), Numbers(parts.Latents));
        Assert.Equal(Numbers(whole.PredictedX0), Numbers(parts.PredictedX0));
        Assert.NotEqual(Numbers(with), Numbers(without));
    }

    [Fact]
    public void Predict_OfAPassThatCannotBeMadeApart_IsRefused()
    {
        using var model = new TinyModel();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        using Conditioning conditioning = Encode(pipeline);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 5);
        using Tensor latents = pipeline.StartLatents(plan);

        foreach ((SamplingPlan refused, string why) in ((SamplingPlan, string)[])[
            (plan with { GuidanceScale = 1 }, "one pass"), (plan with { BatchGuidance = true }, "at once"),
            (plan with { ImageGuidanceScale = 2 }, "has three")])
        {
            Assert.Contains(
                why,
                Assert.Throws<ArgumentException>(
                    () => pipeline.Predict(latents, conditioning, refused, 0, GuidancePass.Conditional)).Message,
                StringComparison.Ordinal);
        }
    }

    // Windows of one video see the same noise in the frames that they share.
    [Fact]
    public void StartLatents_OfAPlaceInAVideo_AreItsFramesOfTheWholeNoise()
    {
        using var model = new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 5);

        Tensor first = pipeline.StartLatents(plan with { Place = new WindowPlace(0, 7) }),
            second = pipeline.StartLatents(plan with { Place = new WindowPlace(3, 7) });

        Assert.Equal(Numbers(first.narrow(2, 3, 1)), Numbers(second.narrow(2, 0, 1)));
        Assert.Equal(Numbers(pipeline.StartLatents(plan)), Numbers(pipeline.StartLatents(plan with { Place = new WindowPlace(0, 4) })));
        Assert.Contains(
            "place: the window's 4 frames must be in the video's 7, got frames from 4",
            Assert.Throws<SamplingPlanException>(() => pipeline.StartLatents(plan with { Place = new WindowPlace(4, 7) })).Message,
            StringComparison.Ordinal);
    }

    private static float[] Numbers(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static Conditioning Encode(VideoPipeline pipeline)
    {
        (int height, int width) = (pipeline.Manifest.Height, pipeline.Manifest.Width);
        return pipeline.Encode(new ConditioningInput
        {
            Image = [.. Enumerable.Range(0, height * width * 3).Select(i => (byte)(i * 7))],
            Height = height,
            Width = width,
            Prompt = "a cat",
            Fps = 24,
            Frames = pipeline.Manifest.Frames,
            Seed = 5,
        });
    }
}
