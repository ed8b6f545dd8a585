using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>The network under guidance: one, two or three looks at the same latents.</summary>
internal sealed class GuidedNetwork(VideoUNet network, Device device, ScalarType precision)
{
    /// <returns>(1, C, T, h, w), float32.</returns>
    internal Tensor Predict(Tensor latents, LvdmConditioning conditioning, SamplingPlan plan, int time, GuidancePass pass)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = (conditioning.ImageLatent is { } image ? cat([latents, image], 1) : latents).to(precision); // (1, 2 C or C, T, h, w)
        Tensor times = tensor(new long[] { time }).to(device);
        if (plan.GuidanceScale == 1 || pass == GuidancePass.Conditional) return RunUNet(input, times, conditioning.Context, conditioning.Fps).MoveToOuterDisposeScope();
        if (pass == GuidancePass.Unconditional) return RunUNet(input, times, conditioning.Unconditional, conditioning.Fps).MoveToOuterDisposeScope();
        Tensor[] contexts = plan.ImageGuidanceScale is null
            ? [conditioning.Context, conditioning.Unconditional]
            : [conditioning.Context, conditioning.Unconditional, conditioning.ImageOnly];
        Tensor[] looks = plan.BatchGuidance ? Together(input, times, contexts, conditioning.Fps) : OneByOne(input, times, contexts, conditioning.Fps);
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

    private Tensor[] OneByOne(Tensor input, Tensor times, Tensor[] contexts, Tensor fps) => [.. contexts.Select(context => RunUNet(input, times, context, fps))];

    private Tensor[] Together(Tensor input, Tensor times, Tensor[] contexts, Tensor fps)
    {
        long count = contexts.Length;
        Tensor all = RunUNet(input.repeat(count, 1, 1, 1, 1), times.repeat(count), cat(contexts, 0), fps.repeat(count)); // (count, C, T, h, w)
        return all.chunk(count, 0);
    }

    private Tensor RunUNet(Tensor input, Tensor times, Tensor context, Tensor fps)
    {
        using DisposeScope scope = NewDisposeScope();
        return network.Forward(input, times, context, fps).to(float32).MoveToOuterDisposeScope();
    }
}
