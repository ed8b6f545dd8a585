using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>Words and picture as DynamiCrafter and VideoCrafter1 see them.</summary>
public sealed class LvdmConditioning(Tensor context, Tensor unconditional, Tensor imageOnly, Tensor? imageLatent, Tensor fps) : Conditioning
{
    /// <summary>Text, then image tokens: (1, 77 + 16 T, context width), or (1, 77 + 16, context width) for all frames.</summary>
    public Tensor Context { get; } = context;

    /// <summary>The same of the negative prompt and a grey image.</summary>
    public Tensor Unconditional { get; } = unconditional;

    /// <summary>The negative prompt beside the real picture, for guidance that weighs picture and words apart.</summary>
    public Tensor ImageOnly { get; } = imageOnly;

    /// <summary>The picture's latent repeated over the frames: (1, C, T, h, w); null where the network does not see it.</summary>
    public Tensor? ImageLatent { get; } = imageLatent;

    /// <summary>(1), int64.</summary>
    public Tensor Fps { get; } = fps;

    /// <summary>
    /// <see cref="Context"/> and <see cref="ImageLatent"/> of the image without its fine detail; null where it was not asked for.
    /// </summary>
    public (Tensor Context, Tensor? ImageLatent)? LowPassed { get; init; }

    /// <summary>Those of several renders, one after the other.</summary>
    internal static LvdmConditioning Join(IReadOnlyList<LvdmConditioning> all)
    {
        return new LvdmConditioning(
            Along(each => each.Context), Along(each => each.Unconditional), Along(each => each.ImageOnly),
            all[0].ImageLatent is null ? null : Along(each => each.ImageLatent!), Along(each => each.Fps))
        {
            LowPassed = all[0].LowPassed is not { } first ? null
                : (Along(each => each.LowPassed!.Value.Context),
                    first.ImageLatent is null ? null : Along(each => each.LowPassed!.Value.ImageLatent!)),
        };

        Tensor Along(Func<LvdmConditioning, Tensor> part) => cat([.. all.Select(part)], 0).DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        Context.Dispose();
        Unconditional.Dispose();
        ImageOnly.Dispose();
        ImageLatent?.Dispose();
        Fps.Dispose();
        LowPassed?.Context.Dispose();
        LowPassed?.ImageLatent?.Dispose();
    }
}
