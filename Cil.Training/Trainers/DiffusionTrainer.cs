using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using Cil.Training.Losses;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>
/// Trains U-Net and image projector on encoded clips, the towers and the autoencoder frozen, as DynamiCrafter does, or VideoCrafter1
/// where <see cref="DiffusionTrainerOptions.Concatenates"/> is off; naive or with TimeNoise. The conditional frame is one for
/// the whole batch, drawn among those that the clips have tokens for (lvdm/models/ddpm3d.py, rand_cond_frame).
/// </summary>
public sealed class DiffusionTrainer : IDisposable
{
    /// <summary>The names of the U-Net's parameters in a weights file begin with this.</summary>
    public const string NetworkPrefix = "model.diffusion_model";

    /// <summary>The names of the image projector's parameters begin with this.</summary>
    public const string ProjectorPrefix = "image_proj_model";

    private const long TokensPerFrame = 16;
    private const double ReplaceChance = 0.95;

    private readonly DiffusionTrainerOptions options;
    private readonly TrainingWeights weights;
    private readonly VideoUNet network;
    private readonly Resampler projector;
    private readonly DiffusionLoss loss;
    private readonly NoiseSchedule schedule;
    private readonly bool tokensAreOfFrames;

    /// <exception cref="TrainingException">An option is out of its range.</exception>
    /// <param name="start">Parameters to start from by name; null, or null for a name, to start fresh.</param>
    public DiffusionTrainer(
        UNetConfig network, ResamplerConfig projector, NoiseSchedule schedule,
        DiffusionTrainerOptions options, TrainingRunOptions run, Func<string, Tensor?>? start = null)
    {
        options.Verify(schedule.Count);
        this.options = options;
        this.schedule = schedule;
        tokensAreOfFrames = projector.VideoLength is not null;
        loss = new DiffusionLoss(schedule);
        weights = new TrainingWeights(
            options.Seed, Compute, start, options.Device, options.LoraRank is { } rank ? new LoraAdapters(rank) : null);
        this.network = new VideoUNet(network, WeightScope.Root(weights, NetworkPrefix));
        this.projector = new Resampler(projector, WeightScope.Root(weights, ProjectorPrefix));
        Run = new TrainingRun(weights.Parameters, run, weights.Adapters);
    }

    public TrainingRun Run { get; }

    /// <summary>The averaged parameters, to be stored as the trained model.</summary>
    public IEnumerable<(string Name, Tensor Value)> Trained => Run.Average.Values();

    private ScalarType Compute => options.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Trains until the end of the run.</summary>
    public void Train(LatentClips clips, IProgress<TrainingProgress>? progress, CancellationToken cancel) =>
        Run.Train(step => Loss(clips, step), progress, cancel);

    public void Dispose()
    {
        Run.Dispose();
        weights.Dispose();
    }

    private Tensor Loss(LatentClips clips, long step)
    {
        using var random = new StepRandom(options.Seed, step, options.Device);
        Tensor chosen = random.Integers(0, clips.Count, options.Batch);
        // The clips stay where they are: there may be more of them than a GPU holds.
        Tensor Batch(Tensor values) => values.index_select(0, chosen).to(options.Device);
        Tensor latents = Batch(clips.Latents); // (B, C, T, h, w)
        long frame = clips.ConditionFrames == 1 ? 0 : random.Integers(0, clips.ConditionFrames, 1).ToInt64();
        Tensor? condition = options.Concatenates ? latents.narrow(2, frame, 1) : null;
        (Tensor Text, Tensor Image) drops = Drops(random);
        Tensor text = Dropped(Batch(clips.Text), clips.EmptyText, drops.Text);
        Tensor image = Dropped(Batch(clips.ImageTokens.select(1, frame)), clips.EmptyImageTokens, drops.Image);
        Tensor tokens = projector.Forward(image.to(Compute)); // (B, 16 T, width)
        if (options.FramesPerClip is { } count && count < latents.size(2))
        {
            Tensor frames = random.Uniform(latents.size(2)).argsort().narrow(0, 0, count);
            frames = frames.index_select(0, frames.argsort()).to(options.Device);
            latents = latents.index_select(2, frames);
            if (tokensAreOfFrames)
                tokens = tokens.view(options.Batch, -1, TokensPerFrame, tokens.size(2)).index_select(1, frames).flatten(1, 2);
        }

        DiffusionDraws draws = Draws(random, latents);
        tokens = NoisyTokens(tokens, draws, random);
        Tensor context = cat([text.to(Compute), tokens], 1); // (B, 77 + 16 T, width)
        Tensor fps = clips.ClipFps is { } each ? Batch(each) : full([options.Batch], clips.Fps, ScalarType.Int64, options.Device);
        return loss.Compute(
            (x, t) => network.Forward(x.to(Compute), t, context, fps, training: true), latents, condition, draws, options.MotionWeight);
    }

    private DiffusionDraws Draws(StepRandom random, Tensor latents)
    {
        var times = random.Integers(options.LowestTimestep, schedule.Count, options.Batch)
            .data<long>()
            .ToArray()
            .Select(t => (int)t)
            .ToList();
        var draws = new DiffusionDraws { Timesteps = times, Noise = random.Noise(latents.shape) };
        return options.TimeNoise is null || !options.Concatenates
            ? draws
            : draws with { ConditionStrength = Strengths(random, times), ConditionNoise = random.Noise(latents.shape) };
    }

    private List<double> Strengths(StepRandom random, IReadOnlyList<int> times)
    {
        float[] normals = random.Normal(times.Count).data<float>().ToArray();
        return [.. times.Select((t, i) => options.TimeNoise!.Strength((double)t / schedule.Count, normals[i]))];
    }

    private Tensor NoisyTokens(Tensor tokens, DiffusionDraws draws, StepRandom random)
    {
        if (options.TimeNoise is null || options.TokenNoise == ImageTokenNoise.None) return tokens;

        if (options.TokenNoise == ImageTokenNoise.Add)
        {
            Tensor strength = tensor(Strengths(random, draws.Timesteps).Select(s => (float)s).ToArray()).to(options.Device).view(-1, 1, 1);
            return tokens + (random.Noise(tokens.shape) * strength).to(tokens.dtype);
        }

        return random.Uniform(1).ToSingle() < ReplaceChance ? random.Noise(tokens.shape).to(tokens.dtype) : tokens;
    }

    // r < 2p: no text; p ≤ r < 3p: no image (lvdm/models/ddpm3d.py, get_batch_input).
    private (Tensor Text, Tensor Image) Drops(StepRandom random)
    {
        Tensor r = random.Uniform(options.Batch);
        return (r.lt(2 * options.Dropout), r.ge(options.Dropout).logical_and(r.lt(3 * options.Dropout)));
    }

    private static Tensor Dropped(Tensor values, Tensor empty, Tensor drop) =>
        where(drop.to(values.device).view(-1, 1, 1), empty.to(values.device), values);
}
