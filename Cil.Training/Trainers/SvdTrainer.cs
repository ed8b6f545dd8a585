using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Training.Losses;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>
/// Trains the U-Net of Stable Video Diffusion as the CIL paper does (examples/SVD/svd/training/loss.py). Naive: noise of random strength on
/// the conditional picture's pixels. TimeNoise: noise on its latents, a number for each element as in the paper, stronger at
/// higher noise levels; the published code's time, sigma / 700, is about 0 for all that is drawn, so the share of lower
/// levels is taken for t.
/// </summary>
public sealed class SvdTrainer : IDisposable
{
    private readonly SvdTrainerOptions options;
    private readonly TrainingWeights weights;
    private readonly SvdUNet network;
    private readonly Func<Tensor, Tensor> encode;

    /// <param name="encode">
    /// Pictures (B, 3, H, W) to the means of their posteriors, not scaled, (B, C, h, w), float32; used by naive training
    /// only.
    /// </param>
    /// <param name="start">Parameters to start from by name; null, or null for a name, to start fresh.</param>
    public SvdTrainer(
        SvdUNetConfig network, SvdTrainerOptions options, TrainingRunOptions run,
        Func<Tensor, Tensor> encode, Func<string, Tensor?>? start = null)
    {
        this.options = options;
        this.encode = encode;
        weights = new TrainingWeights(
            options.Seed, Compute, start, options.Device, options.LoraRank is { } rank ? new LoraAdapters(rank) : null);
        this.network = new SvdUNet(network, WeightScope.Root(weights));
        Run = new TrainingRun(weights.Parameters, run, weights.Adapters);
    }

    public TrainingRun Run { get; }

    private ScalarType Compute => options.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>The share of noise levels in training that lie below the one that a standard normal draw gives: 0 to 1.</summary>
    public static double TimeOf(double normal) => 0.5 * (1 + special.erf(tensor(normal / Math.Sqrt(2))).item<double>());

    /// <summary>Trains until the end of the run.</summary>
    public void Train(PictureClips clips, IProgress<TrainingProgress>? progress, CancellationToken cancel) =>
        Run.Train(step => Loss(clips, step), progress, cancel);

    public void Dispose()
    {
        Run.Dispose();
        weights.Dispose();
    }

    private Tensor Loss(PictureClips clips, long step)
    {
        using var random = new StepRandom(options.Seed, step, options.Device);
        Tensor chosen = random.Integers(0, clips.Count, options.Batch);
        Tensor Batch(Tensor values) => values.index_select(0, chosen).to(options.Device);
        Tensor latents = Batch(clips.Latents); // (B, T, C, h, w)
        float[] levels = random.Normal(options.Batch).data<float>().ToArray(),
            strengths = random.Normal(options.Batch).data<float>().ToArray();
        double[] strength =
        [
            .. strengths.Select(
                (normal, clip) => options.TimeNoise?.Strength(TimeOf(levels[clip]), normal) ?? options.PictureNoise.At(normal)),
        ];
        Tensor condition = options.TimeNoise is null
            ? NoisyPictures(Batch(clips.Pictures), strength, random)
            : Sample(Batch(clips.Mean), Batch(clips.LogVariance), random);
        Tensor tokens = Batch(clips.Tokens);
        // With neither picture nor token; what noise was to be put on the latents goes with them.
        bool isDropped = random.Uniform(1).ToSingle() < options.Dropout;
        if (isDropped) (condition, tokens) = (condition.zeros_like(), tokens.zeros_like());
        Tensor Values(Func<int, float> value) => tensor(Enumerable.Range(0, options.Batch).Select(value).ToArray()).to(options.Device);
        Tensor micro = stack(
            [Batch(clips.Fps).to(float32), Values(_ => (float)options.MotionBucket), Values(clip => (float)strength[clip])], 1); // (B, 3)
        bool isNoisy = options.TimeNoise is not null && !isDropped;
        return EdmLoss.Compute(
            (x, noise) => network.Forward(x.to(Compute), noise, tokens.to(Compute), micro, options.TimeContext),
            latents,
            condition,
            new EdmDraws
            {
                Sigmas = [.. levels.Select(normal => options.Levels.At(normal))],
                Noise = random.Noise(latents.shape),
                ConditionStrength = isNoisy ? strength : null,
                ConditionNoise = isNoisy ? random.Noise(latents.size(0), 1, latents.size(2), latents.size(3), latents.size(4)) : null,
            });
    }

    private Tensor NoisyPictures(Tensor pictures, double[] strength, StepRandom random)
    {
        using IDisposable noGradient = no_grad();
        Tensor deviation = tensor(strength.Select(value => (float)value).ToArray()).to(options.Device).view(-1, 1, 1, 1);
        return encode(pictures + (random.Noise(pictures.shape) * deviation));
    }

    private static Tensor Sample(Tensor mean, Tensor logVariance, StepRandom random) =>
        mean + ((logVariance * 0.5).exp() * random.Noise(mean.shape));
}
