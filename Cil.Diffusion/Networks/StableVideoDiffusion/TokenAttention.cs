using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// Cross-attention to one token. Its softmax is 1 whatever is asked, so the answer is the token's value for every query;
/// queries and keys are part of the checkpoint and are not computed.
/// </summary>
internal sealed class TokenAttention
{
    private readonly Linear value, output;

    internal TokenAttention(WeightScope w, long width, long contextWidth, long heads, long headWidth)
    {
        _ = new Linear(w.Sub("to_q"), width, heads * headWidth, bias: false);
        _ = new Linear(w.Sub("to_k"), contextWidth, heads * headWidth, bias: false);
        value = new Linear(w.Sub("to_v"), contextWidth, heads * headWidth, bias: false);
        output = new Linear(w.Sub("to_out.0"), heads * headWidth, width);
    }

    /// <param name="token">(B, contextWidth).</param>
    /// <returns>(B, width).</returns>
    internal Tensor Forward(Tensor token) => output.Forward(value.Forward(token));
}
