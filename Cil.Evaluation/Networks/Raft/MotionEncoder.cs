using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>The flow so far and its correlations as features (core/update.py, BasicMotionEncoder).</summary>
internal sealed class MotionEncoder(WeightScope w)
{
    /// <summary>Channels of the result; the last two are the flow itself.</summary>
    internal const long Channels = 128;

    private readonly Conv2d correlation1 = new(w.Sub("convc1"), CorrelationPyramid.Channels, 256, 1);
    private readonly Conv2d correlation2 = new(w.Sub("convc2"), 256, 192, 3, padding: 1);
    private readonly Conv2d flow1 = new(w.Sub("convf1"), 2, 128, 7, padding: 3);
    private readonly Conv2d flow2 = new(w.Sub("convf2"), 128, 64, 3, padding: 1);
    private readonly Conv2d joined = new(w.Sub("conv"), 64 + 192, Channels - 2, 3, padding: 1);

    /// <param name="flow">(1, 2, h, w).</param>
    /// <param name="correlations">(1, 324, h, w).</param>
    /// <returns>(1, 128, h, w).</returns>
    internal Tensor Forward(Tensor flow, Tensor correlations)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor c = F.relu(correlation2.Forward(F.relu(correlation1.Forward(correlations))));
        Tensor f = F.relu(flow2.Forward(F.relu(flow1.Forward(flow))));
        Tensor both = F.relu(joined.Forward(cat([c, f], 1)));
        return cat([both, flow], 1).MoveToOuterDisposeScope();
    }
}
