using Cil.Diffusion.Layers.Kernels;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>
/// The frames of each pixel as what a transformer over time takes: (B, T, hw, C) where the tokens lie so and attention reads them there,
/// else one sequence for each pixel, (B hw, T, C).
/// </summary>
internal static class FrameTokens
{
    /// <param name="video">(B, C, T, hw).</param>
    internal static Tensor Of(Tensor video)
    {
        if (Kernel.Takes(video)) return video.permute(0, 2, 3, 1).contiguous();
        return video.permute(0, 3, 2, 1).reshape(video.size(0) * video.size(3), video.size(2), video.size(1));
    }

    /// <param name="tokens">As <see cref="Of"/> gave them.</param>
    /// <param name="frames">T.</param>
    /// <param name="pictures">B T.</param>
    /// <returns>(B, C, T, hw).</returns>
    internal static Tensor ToVideo(Tensor tokens, long frames, long pictures) =>
        tokens.dim() == 4
            ? tokens.permute(0, 3, 1, 2)
            : tokens.view(pictures / frames, -1, frames, tokens.size(2)).permute(0, 3, 2, 1);
}
