using Cil.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Runs;

/// <summary>
/// Low-rank changes W + up down of the attentions' projections, trained in the place of the weights (Hu et al., "LoRA",
/// 2021). The network computes with the sum; its gradient G gives those of the factors, upᵀ G and G downᵀ, so that no layer
/// knows of it.
/// </summary>
public sealed class LoraAdapters(int rank) : IDisposable
{
    // The attentions' projections: to_q, to_k, to_v, to_out, and those of the image's tokens.
    private const string Projection = ".to_", Weight = ".weight";

    private readonly List<(Tensor Base, Tensor Leaf, NamedParameter Down, NamedParameter Up)> layers = [];

    /// <summary>The factors, under the names that they are released with.</summary>
    public IReadOnlyList<NamedParameter> Parameters => [.. layers.SelectMany(layer => (NamedParameter[])[layer.Down, layer.Up])];

    internal int Rank => rank;

    internal static bool Adapts(string name, long[] shape) =>
        shape.Length == 2 && name.Contains(Projection, StringComparison.Ordinal) && name.EndsWith(Weight, StringComparison.Ordinal);

    /// <summary>Trains a layer's factors.</summary>
    /// <param name="stored">Its weights, (out, in), float32, which stay.</param>
    /// <param name="leaf">What the network computes with.</param>
    /// <param name="fresh">Fresh numbers of a name and shape.</param>
    internal void Add(string name, Tensor stored, Tensor leaf, Func<string, long[], Tensor> fresh)
    {
        string layer = name[..^Weight.Length];
        Tensor down = fresh($"{layer}.lora_A.weight", [rank, stored.size(1)]).DetachFromDisposeScope();
        // Nothing is changed before the first step.
        Tensor up = zeros([stored.size(0), rank], device: stored.device).DetachFromDisposeScope();
        layers.Add(
            (stored, leaf, new NamedParameter($"{layer}.lora_A.weight", down, down), new NamedParameter($"{layer}.lora_B.weight", up, up)));
    }

    /// <summary>Forgets the last step's gradients.</summary>
    internal void Clear()
    {
        foreach ((_, Tensor leaf, _, _) in layers) leaf.grad = null;
    }

    /// <summary>Turns the gradients of the weights into those of the factors.</summary>
    internal void Project()
    {
        using IDisposable noGradient = no_grad();
        foreach ((_, Tensor leaf, NamedParameter down, NamedParameter up) in layers)
        {
            if (leaf.grad is not { } stored) continue;
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = stored.to(float32);
            down.Leaf.grad = up.Master.t().mm(gradient).MoveToOuterDisposeScope();
            up.Leaf.grad = gradient.mm(down.Master.t()).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Puts the factors as they are now into the network.</summary>
    internal void Publish()
    {
        using IDisposable noGradient = no_grad();
        foreach ((Tensor stored, Tensor leaf, NamedParameter down, NamedParameter up) in layers)
        {
            using DisposeScope scope = NewDisposeScope();
            _ = leaf.copy_(stored + up.Master.mm(down.Master));
        }
    }

    public void Dispose()
    {
        foreach ((Tensor stored, Tensor leaf, NamedParameter down, NamedParameter up) in layers)
        {
            foreach (Tensor tensor in (Tensor[])[stored, leaf, down.Master, up.Master]) tensor.Dispose();
        }

        layers.Clear();
    }
}
