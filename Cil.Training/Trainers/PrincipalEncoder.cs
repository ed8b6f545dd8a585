using Cil.Diffusion.Autoencoders;
using Cil.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>
/// Sets an encoder's parameters in closed form, so that its latents are the principal components of 8 × 8 patches: the best
/// linear code of that length, found in seconds where gradient steps on a processor take an hour. The residual blocks add
/// nothing; the strided convolutions pack 2 × 2 neighbours three times; the last one projects. The closing norm and SiLU are
/// made linear: each group holds a, −a, K and −K, whose mean is 0 and whose deviation is K/√2 for K far above a, and
/// SiLU(a) − SiLU(−a) = a.
/// </summary>
public static class PrincipalEncoder
{
    /// <summary>Pixels of a patch along one axis.</summary>
    public const int Patch = 8;

    private const int Colours = 3;
    private const int Values = Patch * Patch * Colours;
    private const int Groups = 32;

    // Far above any component (which have deviation about 1), near enough that float32 keeps six digits of a² / K².
    private const float Anchor = 200;
    private const float QuietLogVariance = -6;

    // Between pure principal components (0: the first drown the rest) and whitened ones (1: noise counts as much as shape).
    private const double Whitening = 0.6;

    /// <summary>Fits the components of pictures and writes them into the parameters.</summary>
    /// <param name="parameters">All parameters of the autoencoder; those of the encoder and quant_conv are set.</param>
    /// <param name="prefix">What the parameters' names begin with, with its closing dot.</param>
    /// <param name="pictures">(N, 3, H, W), float32 in [-1, 1]; H and W multiples of 8.</param>
    /// <returns>Share of the patches' variance that the components keep.</returns>
    /// <exception cref="ArgumentException">The configuration is not one that this can set.</exception>
    public static double Fit(
        IReadOnlyList<NamedParameter> parameters, string prefix, AutoencoderConfig config, long embedDim, Tensor pictures)
    {
        long last = config.Ch * config.ChMult[^1];
        if (config.SpatialScale != Patch
            || config.Ch < Values / 4
            || last != Groups * 4
            || embedDim > Groups
            || config.ZChannels != embedDim)
        {
            throw new ArgumentException(
                $"autoencoder: expected ch_mult of 4 levels, ch ≥ {Values / 4}, {Groups * 4} channels at the last level and "
                    + $"z_channels = embed_dim ≤ {Groups}; got ch {config.Ch}, {last} channels, z {config.ZChannels}, embed {embedDim}.");
        }

        (double[]? mean, double[,]? projection, double kept) = Components(pictures, (int)embedDim);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var byName = parameters.Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(p => p.Name[prefix.Length..]);
        foreach ((string? name, NamedParameter? parameter) in byName.Where(
            p => p.Key.StartsWith("encoder.", StringComparison.Ordinal) || p.Key.StartsWith("quant_conv.", StringComparison.Ordinal)))
        {
            bool adds = name.Contains(".conv2.", StringComparison.Ordinal) || name.Contains(".proj_out.", StringComparison.Ordinal);
            bool linear = name.Contains("conv_in", StringComparison.Ordinal) || name.Contains("downsample", StringComparison.Ordinal)
                || name.Contains("nin_shortcut", StringComparison.Ordinal)
                || name.Contains("_out.", StringComparison.Ordinal)
                || name.StartsWith("quant_conv", StringComparison.Ordinal);
            if (adds || linear) parameter.Master.zero_();
        }

        Identity(byName["encoder.conv_in.weight"].Master, Colours, 1);
        foreach ((string _, NamedParameter? shortcut) in byName.Where(
            p => p.Key.EndsWith("nin_shortcut.weight", StringComparison.Ordinal) && p.Key.StartsWith("encoder.", StringComparison.Ordinal)))
        {
            Identity(shortcut.Master, (int)shortcut.Master.size(1), 0);
        }

        Pack(byName["encoder.down.0.downsample.conv.weight"].Master, Colours);
        Pack(byName["encoder.down.1.downsample.conv.weight"].Master, Colours * 4);
        Project(
            byName["encoder.down.2.downsample.conv.weight"].Master, byName["encoder.down.2.downsample.conv.bias"].Master, mean, projection);
        byName["encoder.norm_out.weight"].Master.fill_(Anchor / MathF.Sqrt(2));
        Read(byName["encoder.conv_out.weight"].Master, (int)embedDim);
        Identity(byName["quant_conv.weight"].Master, (int)embedDim * 2, 0);
        byName["quant_conv.bias"].Master.narrow(0, embedDim, embedDim).fill_(QuietLogVariance);
        foreach (NamedParameter? parameter in byName.Values) parameter.Publish();

        return kept;
    }

    // The patch in the order in which the packing convolutions lay it out: coarse offsets first, then finer ones, then colour.
    private static (double[] Mean, double[,] Projection, double Kept) Components(Tensor pictures, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        (long n, long h, long w) = (pictures.size(0), pictures.size(2) / Patch, pictures.size(3) / Patch);
        Tensor patches = pictures.view(n, Colours, h, 2, 2, 2, w, 2, 2, 2) // (N, c, h, y4, y2, y1, w, x4, x2, x1)
            .permute(0, 2, 6, 3, 7, 4, 8, 5, 9, 1).reshape(-1, Values).to(ScalarType.Float64); // (N h w, 192)
        Tensor mean = patches.mean([0]);
        Tensor centred = patches - mean;
        Tensor covariance = centred.t().mm(centred).div(patches.size(0));
        (Tensor spectrum, Tensor basis) = linalg.eigh(covariance);
        double[] values = spectrum.data<double>().ToArray();
        Tensor vectors = basis.contiguous();
        int[] order = Enumerable.Range(0, Values).OrderByDescending(i => values[i]).Take(count).ToArray();
        // Scaled so that the latents' mean square over all components is 1.
        double[] scales = order.Select(i => Math.Pow(Math.Max(values[i], 1e-12), -Whitening / 2)).ToArray();
        double size = Math.Sqrt(order.Select((o, i) => values[o] * scales[i] * scales[i]).Average());
        double[] components = vectors.data<double>().ToArray(); // (192, 192), a component a column
        double[,] projection = new double[count, Values];
        for (int k = 0; k < count; k++)
        {
            for (int j = 0; j < Values; j++) projection[k, j] = components[(j * Values) + order[k]] * scales[k] / size;
        }

        return (mean.data<double>().ToArray(), projection, order.Sum(i => values[i]) / values.Sum());
    }

    private static void Identity(Tensor weight, int channels, int centre)
    {
        for (int c = 0; c < channels; c++) weight[c, c, centre, centre] = 1f;
    }

    private static void Pack(Tensor weight, int channels)
    {
        for (int tap = 0; tap < 4; tap++)
        {
            for (int c = 0; c < channels; c++) weight[(tap * channels) + c, c, tap / 2, tap % 2] = 1f;
        }
    }

    private static void Project(Tensor weight, Tensor bias, double[] mean, double[,] projection)
    {
        const int Packed = Values / 4;
        for (int k = 0; k < projection.GetLength(0); k++)
        {
            double offset = 0;
            for (int j = 0; j < Values; j++)
            {
                (int tap, int c) = (j / Packed, j % Packed);
                weight[4 * k, c, tap / 2, tap % 2] = (float)projection[k, j];
                weight[(4 * k) + 1, c, tap / 2, tap % 2] = (float)-projection[k, j];
                offset += projection[k, j] * mean[j];
            }

            bias[4 * k] = (float)-offset;
            bias[(4 * k) + 1] = (float)offset;
            bias[(4 * k) + 2] = Anchor;
            bias[(4 * k) + 3] = -Anchor;
        }
    }

    private static void Read(Tensor weight, int count)
    {
        for (int k = 0; k < count; k++)
        {
            weight[k, 4 * k, 1, 1] = 1f;
            weight[k, (4 * k) + 1, 1, 1] = -1f;
        }
    }
}
