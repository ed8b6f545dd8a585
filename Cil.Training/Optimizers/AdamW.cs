using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Optimizers;

/// <summary>
/// AdamW (Loshchilov, Hutter 2019) over named parameters. Its state is plain tensors under names, so that a checkpoint can
/// hold it and a resumed run goes on bit for bit.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly AdamWOptions _options;
    private readonly Tensor _first;
    private readonly Tensor _second;

    public AdamW(IReadOnlyList<NamedParameter> parameters, AdamWOptions options)
    {
        _parameters = new FlatParameters(parameters);
        _options = options;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _first = zeros_like(_parameters.Values()).DetachFromDisposeScope();
        _second = zeros_like(_first).DetachFromDisposeScope();
    }

    /// <summary>Steps taken; the bias correction depends on it.</summary>
    public long StepCount { get; private set; }

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">The rate for this step.</param>
    /// <param name="gradientScale">Factor on the gradients, from <see cref="GradientNorm"/>.</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        StepCount++;
        var correction1 = 1 - Math.Pow(_options.Beta1, StepCount);
        var correction2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, StepCount));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var gradient = _parameters.Gradients();
        if (gradientScale != 1)
        {
            gradient.mul_(gradientScale);
        }

        _first.mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
        _second.mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
        var denominator = _second.sqrt().div_(correction2).add_(_options.Epsilon);
        var values = _parameters.Values().mul_(1 - (learningRate * _options.WeightDecay)).addcdiv_(_first, denominator, -learningRate / correction1);
        foreach (var (parameter, moved) in _parameters.Ordered.Zip(_parameters.Parts(values)))
        {
            if (parameter.Leaf.grad is null)
            {
                continue;
            }

            parameter.Master.copy_(moved);
            parameter.Publish();
        }
    }

    /// <summary>The state: two moments for each parameter, named first.NAME and second.NAME.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        var (first, second) = (_parameters.Parts(_first), _parameters.Parts(_second));
        for (var i = 0; i < first.Length; i++)
        {
            yield return ($"first.{_parameters.Ordered[i].Name}", first[i]);
            yield return ($"second.{_parameters.Ordered[i].Name}", second[i]);
        }
    }

    /// <summary>Takes up a stored state.</summary>
    /// <param name="read">Gives the stored tensor of a name of <see cref="State"/>.</param>
    public void Restore(Func<string, Tensor> read, long stepCount)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in State())
        {
            using var stored = read(name);
            value.copy_(stored);
        }

        StepCount = stepCount;
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
