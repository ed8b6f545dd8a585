using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>
/// What the pixels of each frame attend to. The words are the same for all frames of a sample: their keys and values are
/// computed once a sample, where the original computes them once a frame.
/// </summary>
/// <param name="Shared">(B, n, width): what all frames see.</param>
/// <param name="PerFrame">(B T, m, width): what only its own frame sees; or null.</param>
internal sealed record FrameContext(Tensor Shared, Tensor? PerFrame, long Frames)
{
    private const long TextTokens = 77, ImageTokensPerFrame = 16;

    /// <param name="context">(B, 77 + 16 T, width): text, then 16 image tokens for each frame; or (B, n, width) for all frames.</param>
    internal static FrameContext Of(Tensor context, long frames)
    {
        long batch = context.size(0), tokens = context.size(1), width = context.size(2);
        if (tokens != TextTokens + (ImageTokensPerFrame * frames)) return new FrameContext(context, null, frames);
        Tensor text = context.narrow(1, 0, TextTokens).contiguous();
        Tensor image = context.narrow(1, TextTokens, tokens - TextTokens).reshape(batch * frames, ImageTokensPerFrame, width);
        return new FrameContext(text, image, frames);
    }

    /// <summary>Text, for the keys and values that words have.</summary>
    /// <returns>(B, 77, width).</returns>
    internal Tensor Text => PerFrame is null ? Shared.narrow(1, 0, TextTokens) : Shared;

    /// <summary>Image tokens, for keys and values of their own.</summary>
    /// <returns>(B T, m, width), or (B, m, width) where all frames see the same.</returns>
    internal Tensor Image => PerFrame ?? Shared.narrow(1, TextTokens, Shared.size(1) - TextTokens);

    /// <summary>Everything in one list, for networks that keep no image tokens apart.</summary>
    /// <returns>(B T, n + m, width), or (B, n, width) where all frames see the same.</returns>
    internal Tensor Joined => PerFrame is null ? Shared : cat([ForFrames(Shared), PerFrame], 1);

    /// <summary>Repeats what is there once a sample for each frame: without a copy where the batch is one sample.</summary>
    /// <param name="x">(B, n, c), or (B T, n, c), which stays as it is.</param>
    /// <returns>(B T, n, c).</returns>
    internal Tensor ForFrames(Tensor x)
    {
        long samples = Shared.size(0);
        if (x.size(0) == samples * Frames) return x;
        return x.unsqueeze(1).expand(samples, Frames, x.size(1), x.size(2)).reshape(samples * Frames, x.size(1), x.size(2));
    }
}
