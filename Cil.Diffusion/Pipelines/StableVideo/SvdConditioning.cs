using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.StableVideo;

/// <summary>The picture as Stable Video Diffusion sees it.</summary>
/// <param name="token">(1, 1, width).</param>
/// <param name="imageLatent">Not scaled: (1, 1, C, h, w).</param>
/// <param name="micro">Frames a second less 1, motion bucket, noise augmentation: (1, 3).</param>
internal sealed class SvdConditioning(Tensor token, Tensor imageLatent, Tensor micro) : Conditioning
{
    internal Tensor Token { get; } = token;

    internal Tensor ImageLatent { get; } = imageLatent;

    internal Tensor Micro { get; } = micro;

    public override void Dispose()
    {
        Token.Dispose();
        ImageLatent.Dispose();
        Micro.Dispose();
    }
}
