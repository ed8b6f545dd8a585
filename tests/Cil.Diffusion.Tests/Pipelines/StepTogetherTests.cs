using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Pipelines;

/// <summary>Several seeds and pictures in one pass of the network.</summary>
public sealed class StepTogetherTests
{
    private const int Renders = 3;

    public static TheoryData<string, double> Systems =>
        new() { { "dynamicrafter", 1 }, { "dynamicrafter", 2.5 }, { "videocrafter1", 2.5 }, { "svd", 3 } };

    [Theory]
    [MemberData(nameof(Systems))]
    public void StepTogether_OfSeveralRenders_GivesEachItsOwn(string system, double guidance)
    {
        using TinySvd? still = system == "svd" ? new TinySvd() : null;
        using TinyModel? words = still is not null ? null
            : system == "videocrafter1" ? new TinyModel(TinyModel.VideoCrafter1)
            : new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(still?.Folder ?? words!.Folder, CPU);
        SamplingPlan[] plans = [.. Enumerable.Range(0, Renders)
            .Select(i => SamplingPlan.Default(pipeline.Manifest, (ulong)i) with { GuidanceScale = guidance })];
        Conditioning[] own = [.. Enumerable.Range(0, Renders).Select(i => Encode(pipeline, i))];
        using Conditioning joined = pipeline.Join(own);
        Tensor[] alone = [.. plans.Select(pipeline.StartLatents)], together = [.. alone];

        for (int step = 0; step < pipeline.StepCount(plans[0]); step++)
        {
            together = [.. pipeline.StepTogether(together, joined, plans, step).Select(result => result.Latents)];
            alone = [.. alone.Select((latents, i) => pipeline.Step(latents, own[i], plans[i], step).Latents)];
        }

        for (int i = 0; i < Renders; i++)
        {
            // Sums of other lengths are cut otherwise: a few units in the last place, a step after the other.
            double size = alone[i].abs().max().ToDouble();
            Assert.InRange((alone[i] - together[i]).abs().max().ToDouble() / size, 0, 1e-4);
            Assert.True(
                (alone[i] - together[(i + 1) % Renders]).abs().max().ToDouble() > 0.01 * size, "another render's latents are no closer");
        }

        foreach (Conditioning each in own) each.Dispose();
    }

    [Fact]
    public void StepTogether_OfOne_GivesTheBitsOfStep()
    {
        using var model = new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 3);
        using Conditioning own = Encode(pipeline, 0), joined = pipeline.Join([own]);
        Tensor start = pipeline.StartLatents(plan);

        float[] together = Numbers(pipeline.StepTogether([start], joined, [plan], 0)[0].Latents);

        Assert.Equal(Numbers(pipeline.Step(start, own, plan, 0).Latents), together);
    }

    [Fact]
    public void StepTogether_OfPlansThatDifferInMoreThanSeeds_IsRefused()
    {
        using var model = new TinyModel();
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 3);
        using Conditioning own = Encode(pipeline, 0), joined = pipeline.Join([own, own]);
        Tensor start = pipeline.StartLatents(plan);

        Assert.Contains(
            "seeds alone",
            Assert.Throws<ArgumentException>(
                () => pipeline.StepTogether([start, start], joined, [plan, plan with { Start = 900 }], 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "got 1 for 2", Assert.Throws<ArgumentException>(() => pipeline.StepTogether([start, start], joined, [plan], 0)).Message,
            StringComparison.Ordinal);
    }

    private static float[] Numbers(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static Conditioning Encode(VideoPipeline pipeline, int render)
    {
        (int height, int width) = (pipeline.Manifest.Height, pipeline.Manifest.Width);
        return pipeline.Encode(new ConditioningInput
        {
            Image = [.. Enumerable.Range(0, height * width * 3).Select(i => (byte)(i * (7 + render)))],
            Height = height,
            Width = width,
            Prompt = $"a cat {render}",
            Fps = 8 + render,
            Frames = pipeline.Manifest.Frames,
            Seed = (ulong)render,
        });
    }
}
