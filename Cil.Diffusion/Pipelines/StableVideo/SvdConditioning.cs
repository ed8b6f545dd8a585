using TorchSharp;
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

    /// <summary><see cref="Token"/> and <see cref="ImageLatent"/> of the image without its fine detail; null where not asked for.</summary>
    internal (Tensor Token, Tensor ImageLatent)? LowPassed { get; init; }

    /// <summary>Those of several renders, one after the other.</summary>
    internal static SvdConditioning Join(IReadOnlyList<SvdConditioning> all)
    {
        return new SvdConditioning(Along(each => each.Token), Along(each => each.ImageLatent), Along(each => each.Micro))
        {
            LowPassed = all[0].LowPassed is null
                ? null
                : (Along(each => each.LowPassed!.Value.Token), Along(each => each.LowPassed!.Value.ImageLatent)),
        };

        Tensor Along(Func<SvdConditioning, Tensor> part) => cat([.. all.Select(part)], 0).DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        Token.Dispose();
        ImageLatent.Dispose();
        Micro.Dispose();
        LowPassed?.Token.Dispose();
        LowPassed?.ImageLatent.Dispose();
    }
}
