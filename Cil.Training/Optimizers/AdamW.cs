using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Optimizers;

/// <summary>
/// AdamW (Loshchilov, Hutter 2019) over named parameters. Its state is plain tensors under names, so that a checkpoint can
/// hold it and a resumed run goes on bit for bit.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly AdamWOptions options;
    private readonly Tensor first;
    private readonly Tensor second;

    public AdamW(IReadOnlyList<NamedParameter> parameters, AdamWOptions options)
    {
        this.parameters = new FlatParameters(parameters);
        this.options = options;
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        first = zeros_like(this.parameters.Values()).DetachFromDisposeScope();
        second = zeros_like(first).DetachFromDisposeScope();
    }

    /// <summary>Steps taken; the bias correction depends on it.</summary>
    public long StepCount { get; private set; }

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">The rate for this step.</param>
    /// <param name="gradientScale">Factor on the gradients, from <see cref="GradientNorm"/>.</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        StepCount++;
        double correction1 = 1 - Math.Pow(options.Beta1, StepCount);
        double correction2 = Math.Sqrt(1 - Math.Pow(options.Beta2, StepCount));
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor gradient = parameters.Gradients();
        if (gradientScale != 1) gradient.mul_(gradientScale);

        first.mul_(options.Beta1).add_(gradient, 1 - options.Beta1);
        second.mul_(options.Beta2).addcmul_(gradient, gradient, 1 - options.Beta2);
        Tensor denominator = second.sqrt().div_(correction2).add_(options.Epsilon);
        Tensor values = parameters.Values()
            .mul_(1 - (learningRate * options.WeightDecay))
            .addcdiv_(first, denominator, -learningRate / correction1);
        foreach ((NamedParameter? parameter, Tensor? moved) in parameters.Ordered.Zip(parameters.Parts(values)))
        {
            if (parameter.Leaf.grad is null) continue;

            parameter.Master.copy_(moved);
            parameter.Publish();
        }
    }

    /// <summary>The state: two moments for each parameter, named first.NAME and second.NAME.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        (Tensor[]? first, Tensor[]? second) = (parameters.Parts(this.first), parameters.Parts(this.second));
        for (int i = 0; i < first.Length; i++)
        {
            yield return ($"first.{parameters.Ordered[i].Name}", first[i]);
            yield return ($"second.{parameters.Ordered[i].Name}", second[i]);
        }
    }

    /// <summary>Takes up a stored state.</summary>
    /// <param name="read">Gives the stored tensor of a name of <see cref="State"/>.</param>
    public void Restore(Func<string, Tensor> read, long stepCount)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string? name, Tensor? value) in State())
        {
            using Tensor stored = read(name);
            value.copy_(stored);
        }

        StepCount = stepCount;
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}
