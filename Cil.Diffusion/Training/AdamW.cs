using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Training;

/// <summary>
/// AdamW (Loshchilov, Hutter 2019) over named parameters. Its state is plain tensors under names, so that a checkpoint can
/// hold it and a resumed run goes on bit for bit.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly IReadOnlyList<NamedParameter> _parameters;
    private readonly AdamWOptions _options;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;

    public AdamW(IReadOnlyList<NamedParameter> parameters, AdamWOptions options)
    {
        _parameters = parameters;
        _options = options;
        _first = [.. parameters.Select(p => zeros_like(p.Master).detach().DetachFromDisposeScope())];
        _second = [.. parameters.Select(p => zeros_like(p.Master).detach().DetachFromDisposeScope())];
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
        for (var i = 0; i < _parameters.Count; i++)
        {
            using var scope = NewDisposeScope();
            if (_parameters[i].Gradient is not { } gradient)
            {
                continue;
            }

            var parameter = _parameters[i].Master;
            if (gradientScale != 1)
            {
                gradient = gradient.mul(gradientScale);
            }

            parameter.mul_(1 - (learningRate * _options.WeightDecay));
            _first[i].mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
            _second[i].mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
            var denominator = _second[i].sqrt().div_(correction2).add_(_options.Epsilon);
            parameter.addcdiv_(_first[i], denominator, -learningRate / correction1);
            _parameters[i].Publish();
        }
    }

    /// <summary>The state: two moments for each parameter, named first.NAME and second.NAME.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        for (var i = 0; i < _parameters.Count; i++)
        {
            yield return ($"first.{_parameters[i].Name}", _first[i]);
            yield return ($"second.{_parameters[i].Name}", _second[i]);
        }
    }

    /// <summary>Takes up a stored state.</summary>
    /// <param name="read">Gives the stored tensor of a name of <see cref="State"/>.</param>
    public void Restore(Func<string, Tensor> read, long stepCount)
    {
        using var noGrad = no_grad();
        foreach (var (name, value) in State())
        {
            using var stored = read(name);
            value.copy_(stored);
        }

        StepCount = stepCount;
    }

    public void Dispose()
    {
        foreach (var tensor in _first.Concat(_second))
        {
            tensor.Dispose();
        }
    }
}
