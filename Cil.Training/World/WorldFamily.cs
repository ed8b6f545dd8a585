using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Training.Datasets;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>How models of one of the three systems are trained on the small world, over the autoencoder of another model.</summary>
/// <param name="source">The model whose autoencoder it is.</param>
internal abstract class WorldFamily(WorldOptions options, LvdmManifest source)
{
    /// <summary>The names of averaged parameters in a checkpoint begin with this.</summary>
    protected const string AverageMark = "average.";

    // Pictures that the affine map of patches is fitted to, and clips that are drawn and encoded together.
    private const int Fitted = 48, AtOnce = 64;

    protected WorldOptions Options => options;

    protected LvdmManifest Source => source;

    /// <exception cref="TrainingException">There is no such system.</exception>
    internal static WorldFamily Of(WorldOptions options, LvdmManifest source) => options.Family switch
    {
        FamilyName.DynamiCrafter or FamilyName.VideoCrafter1 => new LvdmWorld(options, source),
        FamilyName.StableVideoDiffusion => new SvdWorld(options, source),
        _ => throw new TrainingException(
            $"family: known: {FamilyName.DynamiCrafter}, {FamilyName.VideoCrafter1}, {FamilyName.StableVideoDiffusion}; "
                + $"got '{options.Family}'"),
    };

    /// <summary>Name of a model, of its folder and of its run's.</summary>
    internal static string Name(Tuning tuning) => tuning switch { Tuning.Plain => "base", Tuning.Naive => "naive", _ => "timenoise" };

    /// <summary>What must be there before clips are encoded.</summary>
    /// <returns>False if it was cancelled or a time limit ended it.</returns>
    internal virtual bool Prepare(SpriteDataset dataset, Action<string, TrainingProgress?> progress, CancellationToken cancel) => true;

    /// <summary>Encodes clips into a file.</summary>
    /// <returns>False if it was cancelled.</returns>
    internal abstract bool Encode(string file, SpriteDataset dataset, int count, CancellationToken cancel);

    /// <summary>Trains a model from its checkpoint, if there is one, and writes it when it is done.</summary>
    /// <param name="clips">The file of encoded clips.</param>
    /// <returns>False if it was cancelled or the time limit ended it.</returns>
    internal abstract bool Train(
        Tuning tuning, string clips, string output, IProgress<TrainingProgress> progress, CancellationToken cancel);

    protected string At(string name) => Path.Combine(options.Folder, name);

    protected string Checkpoint(Tuning tuning) => At(Path.Combine(Name(tuning), "checkpoint.safetensors"));

    /// <summary>The base's averages, for a fine-tuning to start from; null for the base.</summary>
    protected SafetensorsReader? Start(Tuning tuning) => tuning == Tuning.Plain ? null : SafetensorsReader.Open(Checkpoint(Tuning.Plain));

    protected long Steps(Tuning tuning) => tuning == Tuning.Plain ? options.Steps : options.TuningSteps;

    protected TrainingRunOptions Run(Tuning tuning)
    {
        bool isBase = tuning == Tuning.Plain;
        return new TrainingRunOptions
        {
            Folder = At(Name(tuning)),
            Steps = Steps(tuning),
            Rate = new LearningRate { Peak = isBase ? options.LearningRate : options.TuningRate, WarmUp = 30, Cosine = isBase },
            AdamW = new AdamWOptions { Beta2 = 0.99 },
            EmaDecay = isBase ? 0.995 : 0.99,
            CheckpointEvery = 100,
            TimeLimit = options.TimeLimit,
        };
    }

    /// <summary>The source's networks, in float32 on the processor; the weights are the caller's.</summary>
    protected (ModelNetworks Networks, CheckpointWeights Weights) Frozen()
    {
        using ITensorFile reader = LvdmCheckpoint.Open(Path.Combine(options.Source, source.Files.Weights));
        var weights = new CheckpointWeights(reader, CPU, ScalarType.Float32);
        return (new ModelNetworks(source, weights), weights);
    }

    /// <summary>The autoencoder as the affine map of patches that it is.</summary>
    protected static PatchEncoder Encoder(ModelNetworks networks, SpriteDataset dataset) =>
        new(networks.Autoencoder, FirstFrames([.. Draw(dataset, 0, Fitted)]));

    /// <summary>All clips in order, some at a time.</summary>
    protected static IEnumerable<(int First, SpriteClip[] Clips)> Parts(SpriteDataset dataset, int count)
    {
        for (int first = 0; first < count; first += AtOnce)
            yield return (first, [.. Draw(dataset, first, Math.Min(AtOnce, count - first))]);
    }

    /// <summary>(N, 3, H, W) in [-1, 1].</summary>
    protected static Tensor FirstFrames(SpriteClip[] clips) =>
        ClipEncoder.Pixels([.. clips.SelectMany(clip => clip.FirstFrame.ToArray())], clips.Length, WorldModel.Size, WorldModel.Size);

    /// <summary>Writes Analytic-Init's statistics of a model and its plot of losses.</summary>
    /// <param name="latents">(N, C, T, h, w).</param>
    protected void Export(string folder, Tuning tuning, Tensor latents)
    {
        using DisposeScope scope = NewDisposeScope();
        var moments = new LatentMoments([.. latents.shape.Skip(1)]);
        for (int i = 0; i < latents.size(0); i++)
        {
            using Tensor one = latents[i].contiguous();
            moments.Add(one.data<float>().ToArray());
        }

        LatentStatistics.From(moments).Save(Path.Combine(folder, WorldModel.Statistics));
        File.Copy(At(Path.Combine(Name(tuning), "loss.svg")), Path.Combine(folder, "loss.svg"), overwrite: true);
    }

    private static ParallelQuery<SpriteClip> Draw(SpriteDataset dataset, int first, int count) =>
        Enumerable.Range(first, count).AsParallel().AsOrdered().Select(i => dataset.Draw(i));
}
