using Cil.Diffusion.Autoencoders;
using Cil.Training.Losses;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>
/// An autoencoder whose latents are affine in the patches of the picture, as cil-tiny's are: the map is fitted to what it
/// makes of some pictures, and encodes a hundred times faster than the network.
/// </summary>
internal sealed class PatchEncoder : IDisposable
{
    private const double LargestError = 0.02;

    private readonly Tensor map, deviation;
    private readonly int patch;

    /// <param name="pictures">(N, 3, H, W) in [-1, 1], with more patches than a patch has values.</param>
    /// <exception cref="TrainingException">The autoencoder is not of that kind.</exception>
    internal PatchEncoder(KlAutoencoder autoencoder, Tensor pictures)
        : this(autoencoder.Encode, autoencoder.Config.SpatialScale, pictures)
    {
    }

    /// <param name="encode">Pictures (N, 3, H, W) to mean and logarithm of the variance of their posteriors, each (N, C, h, w).</param>
    /// <param name="patch">Pixels of one latent, along one axis.</param>
    /// <inheritdoc cref="PatchEncoder(KlAutoencoder, Tensor)"/>
    internal PatchEncoder(Func<Tensor, (Tensor Mean, Tensor LogVariance)> encode, int patch, Tensor pictures)
    {
        this.patch = patch;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = encode(pictures); // (N, C, h, w)
        Tensor values = mean.permute(0, 2, 3, 1).flatten(0, 2).to(float64),
            patches = Patches(pictures).to(float64); // (n, C), (n, 3 p² + 1)
        Tensor gram = patches.t().mm(patches) + (eye(patches.size(1), dtype: float64) * 1e-6);
        Tensor fitted = linalg.solve(gram, patches.t().mm(values));
        double error = ((patches.mm(fitted) - values).square().mean() / values.square().mean()).sqrt().ToDouble();
        if (!(error < LargestError))
        {
            throw new TrainingException(FormattableString.Invariant(
                $"autoencoder: expected one that is affine in patches, as cil-tiny's; it differs from the nearest by {error:P1}"));
        }

        map = fitted.to(float32).DetachFromDisposeScope();
        deviation = (logVariance.to(float32).mean([0, 2, 3]) * 0.5).exp().view(-1, 1, 1, 1).DetachFromDisposeScope(); // (C, 1, 1, 1)
    }

    /// <summary>Of a posterior sample about its mean, averaged over the channels.</summary>
    internal double Variance => deviation.square().mean().ToDouble();

    /// <summary>Logarithm of that variance, (C, 1, 1).</summary>
    internal Tensor LogVariance => deviation.square().log().squeeze(-1);

    /// <summary>Mean latents of pictures, not scaled: (N, C, h, w) of (N, 3, H, W) in [-1, 1].</summary>
    internal Tensor Mean(Tensor pictures)
    {
        using DisposeScope scope = NewDisposeScope();
        return Patches(pictures).mm(map)
            .view(pictures.size(0), pictures.size(2) / patch, pictures.size(3) / patch, -1)
            .permute(0, 3, 1, 2)
            .contiguous()
            .MoveToOuterDisposeScope();
    }

    /// <summary>Mean latents of a clip, (C, T, h, w), not scaled.</summary>
    internal Tensor Mean(byte[] frames, int count, int size)
    {
        using DisposeScope scope = NewDisposeScope();
        return Mean(ClipEncoder.Pixels(frames, count, size, size)).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>A clip's latents: a posterior sample, (C, T, h, w), not scaled.</summary>
    internal Tensor Encode(byte[] frames, int count, int size, StepRandom random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = Mean(frames, count, size);
        return (mean + (random.Normal(mean.shape) * deviation)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        map.Dispose();
        deviation.Dispose();
    }

    // (N, 3, H, W) to (N h w, 3 p² + 1), the last a one.
    private Tensor Patches(Tensor pictures)
    {
        Tensor values = pictures.view(pictures.size(0), 3, pictures.size(2) / patch, patch, pictures.size(3) / patch, patch)
            .permute(0, 2, 4, 1, 3, 5).reshape(-1, 3 * patch * patch);
        return cat([values, ones(values.size(0), 1)], 1);
    }
}
