using static TorchSharp.torch;

namespace Cil.Training.Optimizers;

/// <summary>
/// A trainable tensor under its checkpoint name: the float32 master that the optimiser moves, and the leaf the network
/// computes with. They are one tensor unless the network computes in bfloat16.
/// </summary>
public sealed record NamedParameter(string Name, Tensor Master, Tensor Leaf)
{
    /// <summary>Gradient of the last backward pass in float32, or null if the loss does not depend on the parameter.</summary>
    public Tensor? Gradient =>
        Leaf.grad is not { } gradient ? null : gradient.dtype == ScalarType.Float32 ? gradient : gradient.to(ScalarType.Float32);

    /// <summary>Copies the master into the leaf, after the master was changed.</summary>
    public void Publish()
    {
        if (!ReferenceEquals(Master, Leaf))
        {
            using IDisposable noGrad = no_grad();
            Leaf.copy_(Master);
        }
    }
}
