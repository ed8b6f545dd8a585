using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>Trains a KL autoencoder on pictures: absolute error of the reconstruction plus a small KL term.</summary>
public sealed class AutoencoderTrainer : IDisposable
{
    /// <summary>Names in a model's weights file begin with this.</summary>
    public const string Prefix = "first_stage_model";

    private const double QuietLogVariance = -5;

    private readonly AutoencoderTrainerOptions options;
    private readonly TrainingWeights weights;
    private readonly TrainingRun run;

    /// <param name="embedDim">Channels of the latents.</param>
    /// <param name="sample">Pictures to fit the principal components to, (N, 3, H, W) in [-1, 1]; null without them.</param>
    public AutoencoderTrainer(
        AutoencoderConfig config, long embedDim, AutoencoderTrainerOptions options, TrainingRunOptions run, Tensor? sample = null)
    {
        if (options.PrincipalEncoder && sample is null)
        {
            throw new ArgumentException("sample: pictures are needed to fit the principal components.", nameof(sample));
        }

        this.options = options;
        weights = new TrainingWeights(options.Seed, options.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32, device: options.Device);
        Network = new KlAutoencoder(config, embedDim, WeightScope.Root(weights, Prefix));
        QuietResiduals();
        if (sample is not null && options.PrincipalEncoder)
        {
            KeptVariance = PrincipalEncoder.Fit(weights.Parameters, $"{Prefix}.", config, embedDim, sample);
        }
        else
        {
            QuietPosterior(embedDim);
        }

        this.run = new TrainingRun([.. weights.Parameters.Where(p => !options.PrincipalEncoder || !IsEncoder(p.Name))], run);
    }

    public KlAutoencoder Network { get; }

    public TrainingRun Run => run;

    /// <summary>Share of the variance that the principal components keep; null without them.</summary>
    public double? KeptVariance { get; }

    /// <summary>All parameters, trained ones averaged, to be stored as the trained model.</summary>
    public IEnumerable<(string Name, Tensor Value)> Trained => run.Average.Values()
        .Concat(weights.Parameters.Where(p => options.PrincipalEncoder && IsEncoder(p.Name)).Select(p => (p.Name, p.Master)));

    /// <summary>Trains until the end of the run.</summary>
    /// <param name="pictures">Pictures of a step: (batch, 3, H, W), float32 in [-1, 1]; a function of the step alone.</param>
    public void Train(Func<long, Tensor> pictures, IProgress<TrainingProgress>? progress, CancellationToken cancel) =>
        run.Train(step => Loss(pictures(step), step), progress, cancel);

    public void Dispose()
    {
        run.Dispose();
        weights.Dispose();
    }

    private (Tensor Mean, Tensor LogVariance) Encode(Tensor input)
    {
        using IDisposable mode = set_grad_enabled(!options.PrincipalEncoder);
        return Network.Encode(input);
    }

    /// <summary>Whether a parameter belongs to the half that <see cref="PrincipalEncoder"/> sets.</summary>
    public static bool IsEncoder(string name) =>
        name.StartsWith($"{Prefix}.encoder.", StringComparison.Ordinal)
            || name.StartsWith($"{Prefix}.quant_conv.", StringComparison.Ordinal);

    // Residual blocks that start by adding nothing learn faster; the original starts them at random.
    private void QuietResiduals()
    {
        using IDisposable noGrad = no_grad();
        foreach (NamedParameter? parameter in weights.Parameters.Where(
            p => p.Name.Contains(".conv2.", StringComparison.Ordinal) || p.Name.Contains(".proj_out.", StringComparison.Ordinal)))
        {
            parameter.Master.zero_();
            parameter.Publish();
        }
    }

    // Fresh log variances near 0 would drown the latents in noise of their own size, and the decoder would learn to ignore them.
    private void QuietPosterior(long embedDim)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        NamedParameter bias = weights.Parameters.Single(p => p.Name == $"{Prefix}.quant_conv.bias");
        bias.Master.narrow(0, embedDim, embedDim).fill_(QuietLogVariance);
        bias.Publish();
    }

    private Tensor Loss(Tensor pictures, long step)
    {
        using var random = new StepRandom(options.Seed, step, options.Device);
        pictures = pictures.to(options.Device);
        Tensor input = options.BFloat16 ? pictures.to(ScalarType.BFloat16) : pictures;
        (Tensor? mean, Tensor? logVariance) = Encode(input);
        (mean, logVariance) = (mean.to(ScalarType.Float32), logVariance.to(ScalarType.Float32));
        Tensor latents = mean + ((logVariance * 0.5).exp() * random.Noise(mean.shape));
        Tensor output = Network.Decode(options.BFloat16 ? latents.to(ScalarType.BFloat16) : latents).to(ScalarType.Float32);
        Tensor error = (output - pictures).abs().mean();
        if (options.PrincipalEncoder) return error;

        // KL(N(m, s²) ‖ N(0, 1)) = (m² + s² − 1 − ln s²) / 2, averaged over latents.
        Tensor divergence = ((mean * mean) + logVariance.exp() - 1 - logVariance).mean() * 0.5;
        return error + (divergence * options.KlWeight);
    }
}
