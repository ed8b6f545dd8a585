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

    public override void Dispose()
    {
        Context.Dispose();
        Unconditional.Dispose();
        ImageOnly.Dispose();
        ImageLatent?.Dispose();
        Fps.Dispose();
    }
}
