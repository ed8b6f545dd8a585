using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>The image token of each sample, and how sequences over time find theirs.</summary>
/// <param name="Token">(B, C): one token for each sample.</param>
internal sealed record TimeContext(Tensor Token, TimeContextOrder Order)
{
    /// <summary>A row for each of the sequences (B hw), from a row for each sample.</summary>
    /// <param name="rows">(B, width).</param>
    /// <param name="sequences">(B hw, T, width), or (B, T, hw, width).</param>
    /// <returns>(B hw, 1, width), or (B, 1, hw, width): what is added to the sequences.</returns>
    internal Tensor ForPixels(Tensor rows, Tensor sequences)
    {
        long batch = rows.size(0), width = rows.size(1);
        if (sequences.dim() == 4)
        {
            long all = sequences.size(2);
            return Order == TimeContextOrder.Sample
                ? rows.view(batch, 1, 1, width)
                : rows.unsqueeze(0).expand(all, batch, width).reshape(batch, 1, all, width);
        }

        long pixels = sequences.size(0) / batch;
        return Order == TimeContextOrder.Sample
            ? rows.unsqueeze(1).expand(batch, pixels, width).reshape(batch * pixels, 1, width)
            : rows.unsqueeze(0).expand(pixels, batch, width).reshape(batch * pixels, 1, width);
    }
}
