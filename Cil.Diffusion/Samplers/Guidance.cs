using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Samplers;

/// <summary>Classifier-free guidance and its rescale.</summary>
public static class Guidance
{
    /// <summary>u + w (c - u) (Ho and Salimans, "Classifier-free diffusion guidance").</summary>
    public static Tensor Classifier(Tensor conditional, Tensor unconditional, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        return (unconditional + ((conditional - unconditional) * scale)).MoveToOuterDisposeScope();
    }

    /// <summary>u + w_img (i - u) + w_txt (c - i): image and text guided apart (lvdm/models/samplers/ddim_multiplecond.py).</summary>
    public static Tensor MultiCondition(Tensor conditional, Tensor imageOnly, Tensor unconditional, double textScale, double imageScale)
    {
        using DisposeScope scope = NewDisposeScope();
        return (unconditional + ((imageOnly - unconditional) * imageScale)
            + ((conditional - imageOnly) * textScale)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Brings the guided output's deviation back towards the conditional one's (Lin et al., section 3.4), each over all
    /// axes but the batch and unbiased.
    /// </summary>
    /// <param name="share">phi: 0 leaves the output, 1 takes the conditional deviation whole.</param>
    public static Tensor Rescale(Tensor guided, Tensor conditional, double share)
    {
        using DisposeScope scope = NewDisposeScope();
        if (share == 0) return guided.alias().MoveToOuterDisposeScope();
        Tensor factor = Deviation(conditional) / Deviation(guided);
        return ((guided * factor * share) + (guided * (1 - share))).MoveToOuterDisposeScope();
    }

    // In two stages, since libtorch cuts a reduction to one number into as many parts as there are threads, and the sum would
    // then depend on how many there are.
    private static Tensor Deviation(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = x.flatten(1, 2).flatten(2); // (B, C T, h w)
        Tensor mean = rows.mean([2], keepdim: true).mean([1], keepdim: true);
        long count = rows.size(1) * rows.size(2);
        Tensor variance = (rows - mean).square().mean([2]).mean([1]) * ((double)count / (count - 1)); // (B)
        return variance.sqrt().view(-1, 1, 1, 1, 1).MoveToOuterDisposeScope();
    }
}
