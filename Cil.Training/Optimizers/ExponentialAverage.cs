using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Optimizers;

/// <summary>
/// Exponential moving average of the parameters with DynamiCrafter's warm-up, min(decay, (1 + n) / (10 + n)) at update n:
/// short runs are not dragged down by their first weights.
/// </summary>
public sealed class ExponentialAverage : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly Tensor average;
    private readonly double decay;

    /// <param name="decay">The decay after warm-up, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is not in [0, 1).</exception>
    public ExponentialAverage(IReadOnlyList<NamedParameter> parameters, double decay)
    {
        if (decay is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "ema decay: expected 0 ≤ decay < 1.");

        this.parameters = new FlatParameters(parameters);
        this.decay = decay;
        average = this.parameters.Values().DetachFromDisposeScope();
    }

    public long Updates { get; private set; }

    /// <summary>Takes in the parameters as they are now.</summary>
    public void Update()
    {
        Updates++;
        double decay = Math.Min(this.decay, (1.0 + Updates) / (10.0 + Updates));
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        average.mul_(decay).add_(parameters.Values(), 1 - decay);
    }

    /// <summary>The averages under the parameters' names.</summary>
    public IEnumerable<(string Name, Tensor Value)> Values() =>
        parameters.Ordered.Zip(parameters.Parts(this.average), (p, average) => (p.Name, average));

    /// <summary>Takes up stored averages.</summary>
    public void Restore(Func<string, Tensor> read, long updates)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string? name, Tensor? value) in Values())
        {
            using Tensor stored = read(name);
            value.copy_(stored);
        }

        Updates = updates;
    }

    /// <summary>Exchanges averages and parameters: call once to sample with the averages, again to train on.</summary>
    public void Swap()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor kept = parameters.Values();
        foreach ((NamedParameter? parameter, Tensor? average) in parameters.Ordered.Zip(parameters.Parts(this.average)))
        {
            parameter.Master.copy_(average);
            parameter.Publish();
        }

        this.average.copy_(kept);
    }

    public void Dispose() => average.Dispose();
}
