using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>Several renders in one pass of the network.</summary>
public abstract partial class VideoPipeline
{
    /// <summary>What several renders tell the network, one after the other along the first axis.</summary>
    /// <exception cref="ArgumentException">There is none, or they are of different lengths or sizes.</exception>
    public Conditioning Join(IReadOnlyList<Conditioning> conditionings)
    {
        if (conditionings.Count == 0) throw new ArgumentException("conditionings: expected at least 1, got 0", nameof(conditionings));
        using IDisposable noGradient = no_grad();
        return JoinConditions(conditionings);
    }

    /// <summary>
    /// The same step of several renders, whose plans differ in their seeds alone, with one pass of the network for all. The
    /// sampler's step is each one's own, bit for bit; the network's output is that of <see cref="Step"/> but for rounding,
    /// which depends on how many go through it together.
    /// </summary>
    /// <param name="latents">(1, C, T, h, w), float32, of each.</param>
    /// <param name="joined">What <see cref="Join"/> gave for them.</param>
    /// <param name="plans">Of each.</param>
    /// <param name="step">0 is the noisiest.</param>
    /// <exception cref="ArgumentException">The plans differ in more than their seeds, or there are not as many as latents.</exception>
    /// <inheritdoc cref="Advance"/>
    public IReadOnlyList<StepResult> StepTogether(
        IReadOnlyList<Tensor> latents, Conditioning joined, IReadOnlyList<SamplingPlan> plans, int step)
    {
        if (latents.Count == 0 || latents.Count != plans.Count)
        {
            throw new ArgumentException(
                $"plans: expected one for each of the latents, at least 1; got {plans.Count} for {latents.Count}", nameof(plans));
        }

        if (plans.Any(plan => plan with { Seed = plans[0].Seed } != plans[0]))
            throw new ArgumentException("plans: expected plans that differ in their seeds alone", nameof(plans));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor each in latents) RequireStep(each, plans[0], step);
        Tensor predictions = RunUNet(cat([.. latents], 0), joined, plans[0], step, GuidancePass.All); // (B, C, T, h, w)
        return [.. latents.Select((each, i) =>
        {
            StepResult result = SamplerStep(each, predictions.narrow(0, i, 1), plans[i], step);
            return new StepResult(result.Latents.MoveToOuterDisposeScope(), result.PredictedX0.MoveToOuterDisposeScope());
        })];
    }

    private protected abstract Conditioning JoinConditions(IReadOnlyList<Conditioning> conditionings);
}
