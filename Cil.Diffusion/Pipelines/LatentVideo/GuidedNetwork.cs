using Cil.Diffusion.Networks;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>The network under guidance: one, two or three looks at the same latents.</summary>
internal sealed class GuidedNetwork(VideoUNet network, Device device, ScalarType precision)
{
    // Steps that are low-passed make other passes than the rest: their deep features are no one else's.
    private const int LowPassedPass = 3;

    /// <param name="latents">(B, C, T, h, w), as many as are told of.</param>
    /// <param name="isLowPassed">Whether the step is one of those of <see cref="SamplingPlan.LowPass"/>.</param>
    /// <param name="deep">What this step shares with its neighbours; null for nothing.</param>
    /// <returns>(B, C, T, h, w), float32.</returns>
    internal Tensor Predict(
        Tensor latents, LvdmConditioning conditioning, SamplingPlan plan, int time, GuidancePass pass, bool isLowPassed, DeepFeatures? deep)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Input(latents, conditioning.ImageLatent);
        Tensor times = full([latents.size(0)], time, int64, device);
        if (isLowPassed) return LowPassed(latents, conditioning, plan, times, pass, deep).MoveToOuterDisposeScope();
        if (plan.GuidanceScale == 1 || pass == GuidancePass.Conditional)
            return RunUNet(input, times, conditioning.Context, conditioning.Fps, deep?.Of(0)).MoveToOuterDisposeScope();
        if (pass == GuidancePass.Unconditional)
            return RunUNet(input, times, conditioning.Unconditional, conditioning.Fps, deep?.Of(0)).MoveToOuterDisposeScope();
        Tensor[] contexts = plan.ImageGuidanceScale is null
            ? [conditioning.Context, conditioning.Unconditional]
            : [conditioning.Context, conditioning.Unconditional, conditioning.ImageOnly];
        Tensor[] looks = Looks([.. contexts.Select(context => (input, context))], times, conditioning.Fps, plan, deep);
        if (plan.ImageGuidanceScale is not { } imageScale) return Join(looks[0], looks[1], plan).MoveToOuterDisposeScope();
        Tensor guided = Guidance.MultiCondition(looks[0], looks[2], looks[1], plan.GuidanceScale, imageScale);
        return Guidance.Rescale(guided, looks[0], plan.GuidanceRescale).MoveToOuterDisposeScope();
    }

    /// <summary>The two passes, weighed against each other.</summary>
    internal static Tensor Join(Tensor conditional, Tensor unconditional, SamplingPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor guided = Guidance.Classifier(conditional, unconditional, plan.GuidanceScale);
        return Guidance.Rescale(guided, conditional, plan.GuidanceRescale).MoveToOuterDisposeScope();
    }

    // u(c) + w (v(c_lp) - u(c_lp)) with u without words and v with them (arXiv 2506.08456; github.com/choi403/ALG,
    // pipeline_wan_image2video_lowpass.py). VideoCrafter1's u sees no image, so that both of it are one pass.
    private Tensor LowPassed(
        Tensor latents, LvdmConditioning conditioning, SamplingPlan plan, Tensor times, GuidancePass pass, DeepFeatures? deep)
    {
        if (pass != GuidancePass.All || conditioning.LowPassed is not { } told)
        {
            throw new ArgumentException(
                pass != GuidancePass.All
                    ? "low-pass guidance: two passes that can be made apart are expected; it has three"
                    : "low-pass guidance: the plan has it, and the image was encoded without it",
                nameof(conditioning));
        }

        Tensor without = Input(latents, told.ImageLatent);
        List<(Tensor Input, Tensor Context)> passes =
            [(without, told.Context), (Input(latents, conditioning.ImageLatent), conditioning.Unconditional)];
        if (told.ImageLatent is not null) passes.Add((without, conditioning.Unconditional));
        Tensor[] looks = Looks(passes, times, conditioning.Fps, plan, deep, LowPassedPass);
        return Guidance.Rescale(looks[1] + ((looks[0] - looks[^1]) * plan.GuidanceScale), looks[0], plan.GuidanceRescale);
    }

    // (B, 2 C or C, T, h, w)
    private Tensor Input(Tensor latents, Tensor? image) => (image is null ? latents : cat([latents, image], 1)).to(precision);

    // The network at each input and context, one by one or all in one pass.
    private Tensor[] Looks(
        List<(Tensor Input, Tensor Context)> passes, Tensor times, Tensor fps, SamplingPlan plan, DeepFeatures? deep, int first = 0)
    {
        if (!plan.BatchGuidance)
            return [.. passes.Select((each, pass) => RunUNet(each.Input, times, each.Context, fps, deep?.Of(first + pass)))];
        long count = passes.Count;
        Tensor all = RunUNet(
            cat([.. passes.Select(each => each.Input)], 0), times.repeat(count),
            cat([.. passes.Select(each => each.Context)], 0), fps.repeat(count), deep?.Of(first)); // (count B, C, T, h, w)
        return all.chunk(count, 0);
    }

    private Tensor RunUNet(Tensor input, Tensor times, Tensor context, Tensor fps, DeepFeature? deep)
    {
        using DisposeScope scope = NewDisposeScope();
        return network.Forward(input, times, context, fps, deep: deep).to(float32).MoveToOuterDisposeScope();
    }
}
