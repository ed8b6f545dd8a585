using Cil.Diffusion.Checkpoints;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.Optimizers;

/// <summary>A few trainable numbers under given gradients.</summary>
internal static class FreshParameters
{
    internal static TrainingWeights Of(params string[] names)
    {
        var weights = new TrainingWeights(seed: 3, ScalarType.Float32);
        foreach (string name in names) _ = weights.Get(name, [3], Initial.Uniform);
        return weights;
    }

    internal static float[] Numbers(this NamedParameter parameter) => Numbers(parameter.Master);

    internal static float[] Numbers(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.detach().data<float>().ToArray();
    }

    /// <summary>Replaces the gradient by these numbers.</summary>
    internal static void Differentiate(this NamedParameter parameter, params float[] gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        parameter.Leaf.grad = null;
        (parameter.Leaf * tensor(gradient)).sum().backward();
    }

    internal static void Set(this NamedParameter parameter, params float[] values)
    {
        using IDisposable noGradient = no_grad();
        using Tensor stored = tensor(values);
        _ = parameter.Master.copy_(stored);
    }
}
