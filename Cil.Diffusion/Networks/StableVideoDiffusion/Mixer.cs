using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// The learned blend of what a layer made of single frames and of the frames together (diffusers, resnet.py, AlphaBlender).
/// The U-Net's factor weighs the single frames, the temporal decoder's the frames together.
/// </summary>
internal sealed class Mixer(WeightScope w, bool switched)
{
    private readonly Tensor factor = w.Get("mix_factor", Initial.Zero, 1);

    /// <summary>single + share · (together − single), where the share is that of the frames together.</summary>
    internal Tensor Blend(Tensor single, Tensor together) => lerp(single, together, Share(single));

    /// <summary>The same where together = single + change.</summary>
    internal Tensor Add(Tensor single, Tensor change) => addcmul(single, change, Share(single), 1);

    private Tensor Share(Tensor like) => (switched ? factor : -factor).sigmoid().to(like.dtype);
}
