using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Optimizers;

/// <summary>
/// Parameters one after the other in one row of numbers: a step of the optimiser and of the average is then a few large operators,
/// not a few for each of hundreds of parameters.
/// </summary>
internal sealed class FlatParameters
{
    private readonly NamedParameter[] ordered;
    private readonly long[] lengths;

    public FlatParameters(IReadOnlyList<NamedParameter> parameters)
    {
        // Gradients of one type lie together, so that they are converted together.
        ordered = [.. parameters.OrderBy(p => p.Leaf.dtype == ScalarType.Float32)];
        lengths = [.. ordered.Select(p => p.Leaf.numel())];
    }

    public IReadOnlyList<NamedParameter> Ordered => ordered;

    /// <summary>The masters' values, (N), float32: a copy.</summary>
    public Tensor Values() => Join([.. ordered.Select(p => p.Master.detach())]);

    /// <summary>The gradients, (N), float32; zeros where a parameter has none.</summary>
    public Tensor Gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        IEnumerable<Tensor> groups = ordered.GroupBy(p => p.Leaf.dtype)
            .Select(group => Join([.. group.Select(p => p.Leaf.grad ?? zeros_like(p.Leaf))]).to(ScalarType.Float32));
        return Join([.. groups]).MoveToOuterDisposeScope();
    }

    /// <summary>The parts of a row that belong to the parameters, in their order and shapes: the same memory.</summary>
    public Tensor[] Parts(Tensor row)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. row.split(lengths).Select((part, i) => part.view(ordered[i].Leaf.shape).MoveToOuterDisposeScope())];
    }

    // Of one tensor TorchSharp's cat makes no copy but another name for the same memory.
    private static Tensor Join(Tensor[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] rows = [.. tensors.Select(t => t.reshape(-1))];
        return (rows.Length switch { 0 => empty(0), 1 => rows[0].clone(), _ => cat(rows, 0) }).MoveToOuterDisposeScope();
    }
}
