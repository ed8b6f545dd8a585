using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>A gated recurrent unit whose convolutions are along rows, then one along columns (core/update.py, SepConvGRU).</summary>
internal sealed class SepConvGru(WeightScope w)
{
    private const long Length = 5;

    private readonly Gates rows = new(w, "1", 1, Length), columns = new(w, "2", Length, 1);

    /// <param name="state">(1, 128, h, w).</param>
    /// <param name="input">(1, 256, h, w).</param>
    /// <returns>The next state.</returns>
    internal Tensor Forward(Tensor state, Tensor input)
    {
        using Tensor half = rows.Forward(state, input);
        return columns.Forward(half, input);
    }

    private sealed class Gates(WeightScope w, string number, long height, long width)
    {
        private readonly Gate update = new(w.Sub($"convz{number}"), height, width), reset = new(w.Sub($"convr{number}"), height, width);
        private readonly Gate candidate = new(w.Sub($"convq{number}"), height, width);

        internal Tensor Forward(Tensor state, Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor both = cat([state, input], 1);
            Tensor z = update.Forward(both).sigmoid(), r = reset.Forward(both).sigmoid();
            Tensor q = candidate.Forward(cat([r * state, input], 1)).tanh();
            return (((1 - z) * state) + (z * q)).MoveToOuterDisposeScope();
        }
    }

    private sealed class Gate(WeightScope w, long height, long width)
    {
        private readonly Tensor weight = w.Get("weight", UpdateBlock.Width, UpdateBlock.Width + UpdateBlock.InputWidth, height, width);
        private readonly Tensor bias = w.Get("bias", UpdateBlock.Width);
        private readonly long[] padding = [height / 2, width / 2];

        internal Tensor Forward(Tensor x) => F.conv2d(x, weight, bias, padding: padding);
    }
}
