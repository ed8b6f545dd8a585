using Cil.Diffusion.Networks.StableVideoDiffusion;

namespace Cil.Benchmarks.Networks;

/// <summary>
/// Floating point operations of one pass of Stable Video Diffusion's U-Net, a multiplication and an addition counted as two.
/// </summary>
internal static class SvdOperations
{
    /// <param name="weights">Names and shapes of the network's parameters.</param>
    /// <param name="height">Of the latents, as is width.</param>
    internal static double Count(
        SvdUNetConfig config, IEnumerable<(string Name, long[] Shape)> weights, long frames, long height, long width)
    {
        double total = 0;
        foreach ((string name, long[] shape) in weights)
        {
            double pixels = (double)(height >> Level(config, name)) * (width >> Level(config, name));
            if (shape.Length >= 2) total += 2 * shape.Aggregate(1.0, (product, axis) => product * axis) * Times(name, frames * pixels);
            if (!name.EndsWith("attn1.to_q.weight", StringComparison.Ordinal)) continue;
            // Scores and the mixture by them: over the pixels of each frame, or over the frames of each pixel.
            bool overTime = name.Contains("temporal_transformer_blocks", StringComparison.Ordinal);
            total += 4 * shape[0] * (overTime ? pixels * frames * frames : frames * pixels * pixels);
        }

        return total;
    }

    // One image token needs no queries and keys, and what does not differ from pixel to pixel costs next to nothing.
    private static double Times(string name, double positions) =>
        name.Contains("attn2", StringComparison.Ordinal) || name.Contains("emb", StringComparison.Ordinal) ? 0 : positions;

    private static int Level(SvdUNetConfig config, string name)
    {
        int last = config.BlockOutChannels.Count - 1;
        string[] parts = name.Split('.');
        return parts[0] switch
        {
            "down_blocks" => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) + (parts[2] == "downsamplers" ? 1 : 0),
            "up_blocks" =>
                last - int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) - (parts[2] == "upsamplers" ? 1 : 0),
            "mid_block" => last,
            _ => 0,
        };
    }
}
