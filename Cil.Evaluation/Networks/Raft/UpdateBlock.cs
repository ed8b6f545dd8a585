using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>One step of the recurrence, and the weights of its up-sampling (core/update.py, BasicUpdateBlock).</summary>
internal sealed class UpdateBlock(WeightScope w)
{
    /// <summary>Channels of the recurrent state, and of the context.</summary>
    internal const long Width = 128;

    /// <summary>Channels of what the recurrent unit is given: the context, and the features of the motion.</summary>
    internal const long InputWidth = Width + MotionEncoder.Channels;

    private const long Scale = 8, Neighbours = 9;

    // The published scale of these logits.
    private const double MaskScale = 0.25;

    private readonly MotionEncoder encoder = new(w.Sub("encoder"));
    private readonly SepConvGru gru = new(w.Sub("gru"));
    private readonly Conv2d flow1 = new(w.Sub("flow_head").Sub("conv1"), Width, 256, 3, padding: 1);
    private readonly Conv2d flow2 = new(w.Sub("flow_head").Sub("conv2"), 256, 2, 3, padding: 1);
    private readonly Conv2d mask1 = new(w.Sub("mask").Sub(0), Width, 256, 3, padding: 1);
    private readonly Conv2d mask2 = new(w.Sub("mask").Sub(2), 256, Scale * Scale * Neighbours, 1);

    /// <param name="state">(1, 128, h, w).</param>
    /// <param name="context">(1, 128, h, w).</param>
    /// <param name="correlations">(1, 324, h, w).</param>
    /// <param name="flow">(1, 2, h, w).</param>
    /// <returns>The next state, and what is to be added to the flow.</returns>
    internal (Tensor State, Tensor Change) Forward(Tensor state, Tensor context, Tensor correlations, Tensor flow)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor next = gru.Forward(state, cat([context, encoder.Forward(flow, correlations)], 1));
        return scope.MoveToOuter(next, flow2.Forward(F.relu(flow1.Forward(next))));
    }

    /// <summary>Each pixel of the large flow is a mean, weighted by the state, of the nine around it in the small one.</summary>
    /// <param name="state">(1, 128, h, w).</param>
    /// <param name="flow">(1, 2, h, w), in pixels of the features.</param>
    /// <returns>(1, 2, 8 h, 8 w), in pixels of the frame.</returns>
    internal Tensor Upsample(Tensor state, Tensor flow)
    {
        using DisposeScope scope = NewDisposeScope();
        (long h, long width) = (flow.size(2), flow.size(3));
        Tensor logits = mask2.Forward(F.relu(mask1.Forward(state))) * MaskScale;
        Tensor weights = logits.view(1, 1, Neighbours, Scale, Scale, h, width).softmax(2);
        Tensor around = F.unfold(flow * Scale, 3, padding: 1).view(1, 2, Neighbours, 1, 1, h, width);
        Tensor large = (weights * around).sum(2); // (1, 2, 8, 8, h, w)
        return large.permute(0, 1, 4, 2, 5, 3).reshape(1, 2, Scale * h, Scale * width).MoveToOuterDisposeScope();
    }
}
