using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>GEGLU feed-forward, four times as wide inside (lvdm/modules/attention.py, FeedForward).</summary>
public sealed class FeedForward(WeightScope weights, long width)
{
    private readonly Linear project = new(weights.Sub("net.0.proj"), width, width * 8);
    private readonly Linear output = new(weights.Sub("net.2"), width * 4, width);

    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return Scratch.InParts(x.reshape(-1, width), width * 8, Rows).view(x.shape).MoveToOuterDisposeScope();
    }

    private Tensor Rows(Tensor x)
    {
        if (!is_grad_enabled() && x.device_type == DeviceType.CPU)
        {
            // In two products, so that values and gates lie dense and are multiplied in place.
            Tensor gate = project.Forward(x, width * 4, width * 4);
            gate = Scratch.Replace(gate, MixedPrecision.Gelu(gate));
            Tensor gated = project.Forward(x, 0, width * 4).mul_(gate);
            gate.Dispose();
            return Scratch.Replace(gated, output.Forward(gated));
        }

        Tensor inside = project.Forward(x);
        inside = Scratch.Replace(inside, MixedPrecision.GatedGelu(inside));
        return Scratch.Replace(inside, output.Forward(inside));
    }
}
