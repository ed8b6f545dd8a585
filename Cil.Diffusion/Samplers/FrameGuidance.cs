using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Samplers;

/// <summary>
/// Classifier-free guidance whose scale rises evenly from the first frame to the last (sgm, LinearPredictionGuider; diffusers,
/// StableVideoDiffusionPipeline). On the network's output or on x0 it is the same, since one is an affine map of the other.
/// </summary>
public static class FrameGuidance
{
    /// <param name="conditional">(B, T, C, h, w).</param>
    /// <param name="unconditional">Of the same shape.</param>
    /// <param name="least">Scale of the first frame; 1 leaves it unguided.</param>
    /// <param name="most">Scale of the last frame.</param>
    public static Tensor Apply(Tensor conditional, Tensor unconditional, double least, double most)
    {
        using DisposeScope scope = NewDisposeScope();
        long frames = conditional.size(1);
        float[] scales = [.. Enumerable.Range(0, (int)frames)
            .Select(frame => (float)(frames == 1 ? least : least + (frame / (frames - 1.0) * (most - least))))];
        Tensor scale = tensor(scales, [1, frames, 1, 1, 1], device: conditional.device);
        return (unconditional + ((conditional - unconditional) * scale)).MoveToOuterDisposeScope();
    }
}
