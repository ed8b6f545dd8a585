using Cil.Diffusion.Layers.Kernels;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>
/// Pictures whose channels lie together in memory, pixel after pixel: their rows are the tokens of a transformer and their frames the
/// rows of a convolution over time, without a copy, and a processor's convolutions are faster. Shapes stay (N, C, h, w); strides tell.
/// On a GPU and where gradients are made, pictures stay as they come.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>The same numbers in the order that this device computes fastest in.</summary>
    /// <param name="x">(N, C, h, w).</param>
    internal static Tensor Enter(Tensor x)
    {
        if (!Kernel.Takes(x)) return x;
        using Tensor rows = x.permute(0, 2, 3, 1);
        using Tensor dense = rows.contiguous();
        return dense.permute(0, 3, 1, 2);
    }

    /// <summary>Whether channels lie together.</summary>
    /// <param name="x">(N, C, h, w).</param>
    internal static bool Holds(Tensor x)
    {
        using Tensor rows = x.permute(0, 2, 3, 1);
        return rows.is_contiguous();
    }

    /// <summary>An empty tensor of this shape in the other's order.</summary>
    internal static Tensor EmptyLike(Tensor x, long[] shape)
    {
        if (shape.Length != 4 || x.dim() != 4 || !Holds(x) || x.is_contiguous()) return empty(shape, x.dtype, x.device);
        using Tensor rows = empty([shape[0], shape[2], shape[3], shape[1]], x.dtype, x.device);
        return rows.permute(0, 3, 1, 2);
    }

    /// <summary>Pixels as tokens.</summary>
    /// <param name="x">(N, C, h, w).</param>
    /// <returns>(N, h w, C).</returns>
    internal static Tensor ToTokens(Tensor x)
    {
        using Tensor rows = x.permute(0, 2, 3, 1);
        return rows.reshape(x.size(0), x.size(2) * x.size(3), x.size(1));
    }

    /// <summary>Tokens as pixels, in the order of the pictures that they came from.</summary>
    /// <param name="tokens">(N, h w, C).</param>
    /// <param name="like">(N, …, h, w).</param>
    /// <returns>(N, C, h, w).</returns>
    internal static Tensor ToPictures(Tensor tokens, Tensor like)
    {
        long n = tokens.size(0), c = tokens.size(2), h = like.size(2), w = like.size(3);
        if (!Holds(like))
        {
            using Tensor channels = tokens.transpose(1, 2);
            return channels.reshape(n, c, h, w);
        }

        using Tensor rows = tokens.view(n, h, w, c);
        return rows.permute(0, 3, 1, 2);
    }

    /// <summary>Frames behind one another as pictures of their pixels over time.</summary>
    /// <param name="x">(B T, C, h, w).</param>
    /// <returns>(B, C, T, h w).</returns>
    internal static Tensor ToVideo(Tensor x, long frames)
    {
        long n = x.size(0), c = x.size(1), pixels = x.size(2) * x.size(3), b = n / frames;
        if (!Holds(x))
        {
            using Tensor split = x.view(b, frames, c, pixels);
            using Tensor turned = split.transpose(1, 2);
            return turned.contiguous();
        }

        using Tensor rows = x.permute(0, 2, 3, 1);
        using Tensor video = rows.view(b, frames, pixels, c);
        return video.permute(0, 3, 1, 2);
    }

    /// <summary>The inverse of <see cref="ToVideo"/>.</summary>
    /// <param name="video">(B, C, T, h w).</param>
    /// <returns>(B T, C, h, w).</returns>
    internal static Tensor ToFrames(Tensor video, long height, long width)
    {
        long n = video.size(0) * video.size(2), c = video.size(1);
        if (!Holds(video))
        {
            using Tensor turned = video.transpose(1, 2);
            return turned.reshape(n, c, height, width);
        }

        using Tensor rows = video.permute(0, 2, 3, 1);
        using Tensor frames = rows.view(n, height, width, c);
        return frames.permute(0, 3, 1, 2);
    }
}
