using System.Text;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Runs;

/// <summary>
/// Trainable parameters: fresh numbers from a seed, or those of a stored model. Collects them in the order in which the
/// network asks. In bfloat16 the layers compute with copies of float32 masters; norms stay float32, as their layers want.
/// </summary>
/// <param name="seed">Seed of fresh numbers; each parameter's depend on its name, not on the order of asking.</param>
/// <param name="compute">Float32 or BFloat16.</param>
/// <param name="start">Stored values by name, or null to start fresh; a name it lacks starts fresh as well.</param>
/// <param name="adapters">Trains low-rank changes in the place of the weights; null to train all weights.</param>
/// <param name="device">Where they are; null for the processor. Fresh numbers are the same on every device.</param>
public sealed class TrainingWeights(
    ulong seed, ScalarType compute, Func<string, Tensor?>? start = null,
    Device? device = null, LoraAdapters? adapters = null) : IWeightSource, IDisposable
{
    private readonly List<NamedParameter> parameters = [];

    /// <summary>What is trained: all weights, or the factors of <see cref="Adapters"/>.</summary>
    public IReadOnlyList<NamedParameter> Parameters => adapters?.Parameters ?? parameters;

    public LoraAdapters? Adapters => adapters;

    public Tensor Get(string name, long[] shape, Initial kind)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor master = (Stored(name, shape) ?? Fresh(name, shape, kind)).to(device ?? CPU).DetachFromDisposeScope();
        Tensor leaf = compute == ScalarType.Float32 || kind is Initial.NormWeight or Initial.NormBias
            ? master
            : master.to(compute).DetachFromDisposeScope();
        if (adapters is null || LoraAdapters.Adapts(name, shape)) leaf.requires_grad_();
        if (adapters is null || !LoraAdapters.Adapts(name, shape))
        {
            parameters.Add(new NamedParameter(name, master, leaf));
            return leaf;
        }

        // The weights stay as they are, and are not what the network computes with.
        if (ReferenceEquals(master, leaf)) master = leaf.detach().clone().DetachFromDisposeScope();
        adapters.Add(name, master, leaf, (factor, size) => Fresh(factor, size, Initial.Uniform).to(device ?? CPU));
        return leaf;
    }

    public void Dispose()
    {
        foreach (NamedParameter parameter in parameters)
        {
            parameter.Master.Dispose();
            parameter.Leaf.Dispose();
        }

        parameters.Clear();
        adapters?.Dispose();
    }

    private Tensor? Stored(string name, long[] shape)
    {
        if (start?.Invoke(name) is not { } stored) return null;

        if (!stored.shape.SequenceEqual(shape))
        {
            throw new CheckpointException($"{name}: expected ({string.Join(", ", shape)}), got ({string.Join(", ", stored.shape)})");
        }

        return stored.to(ScalarType.Float32).clone();
    }

    private Tensor Fresh(string name, long[] shape, Initial kind)
    {
        using var generator = new Generator(Seed(name));
        return kind switch
        {
            Initial.Zero or Initial.NormBias => zeros(shape),
            Initial.NormWeight => ones(shape),
            Initial.Normal => randn(shape, generator: generator).mul_(0.02),
            Initial.ScaledNormal => randn(shape, generator: generator).mul_(1 / Math.Sqrt(shape[^1])),
            _ => rand(shape, generator: generator).mul_(2).sub_(1).mul_(1 / Math.Sqrt(FanIn(shape))),
        };
    }

    // A bias has no fan-in of its own; a small one serves.
    private static double FanIn(long[] shape) => shape.Length < 2 ? Math.Max(64, shape[0]) : shape.Skip(1).Aggregate(1L, (a, b) => a * b);

    // FNV-1a over the name, mixed with the seed.
    private ulong Seed(string name) =>
        Encoding.UTF8.GetBytes(name)
            .Aggregate(14695981039346656037UL ^ seed, (hash, b) => unchecked((hash ^ b) * 1099511628211UL)) & long.MaxValue;
}
