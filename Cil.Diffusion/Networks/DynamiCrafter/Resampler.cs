using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>Image tokens to a fixed number of context tokens, by learned queries (lvdm/modules/encoders/resampler.py, Resampler).</summary>
public sealed class Resampler
{
    private readonly Tensor queries;
    private readonly Linear projectIn, projectOut;
    private readonly LayerNorm normOut;
    private readonly ResamplerLayer[] layers;

    public Resampler(ResamplerConfig config, WeightScope w)
    {
        queries = w.Get("latents", Initial.ScaledNormal, 1, config.NumQueries * (config.VideoLength ?? 1), config.Dim);
        projectIn = new Linear(w.Sub("proj_in"), config.EmbeddingDim, config.Dim);
        projectOut = new Linear(w.Sub("proj_out"), config.Dim, config.OutputDim);
        normOut = new LayerNorm(w.Sub("norm_out"), config.OutputDim);
        layers = [.. Enumerable.Range(0, config.Depth).Select(i => new ResamplerLayer(config, w.Sub("layers").Sub(i)))];
    }

    /// <param name="tokens">(B, n, embedding width): all tokens of the image tower.</param>
    /// <returns>(B, queries, output width); with a video length, 16 for each frame in turn.</returns>
    public Tensor Forward(Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = projectIn.Forward(tokens);
        Tensor latents = queries.expand(x.size(0), -1, -1);
        foreach (ResamplerLayer layer in layers) latents = layer.Forward(x, latents);
        return normOut.Forward(projectOut.Forward(latents)).MoveToOuterDisposeScope();
    }
}
