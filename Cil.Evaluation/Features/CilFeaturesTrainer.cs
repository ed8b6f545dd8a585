using Cil.Diffusion.Checkpoints;
using Cil.Training.Datasets;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.World;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Features;

/// <summary>Trains cil-features on clips of the small world: all movements as often, emoji that are not held out.</summary>
public sealed class CilFeaturesTrainer : IDisposable
{
    private const int Batch = 16;

    private readonly ulong seed;
    private readonly TrainingWeights weights;
    private readonly CilFeatures network;

    /// <param name="folder">Folder of checkpoint and losses; a run that was stopped goes on from there.</param>
    public CilFeaturesTrainer(string folder, long steps, ulong seed)
    {
        this.seed = seed;
        weights = new TrainingWeights(seed, ScalarType.Float32);
        network = new CilFeatures(WeightScope.Root(weights));
        Run = new TrainingRun(weights.Parameters, new TrainingRunOptions
        {
            Folder = folder, Steps = steps, CheckpointEvery = 100, EmaDecay = 0.99,
            Rate = new LearningRate { Peak = 2e-3, WarmUp = 20, Cosine = true },
        });
    }

    public TrainingRun Run { get; }

    /// <summary>The clips and their classes, in the order of their numbers.</summary>
    /// <param name="dataset">Of <see cref="WorldClips.Base"/>, or held-out ones.</param>
    /// <returns>Clips (N, T, H, W, 3), uint8; movements and categories (N), int64.</returns>
    public static (Tensor Clips, Tensor Movements, Tensor Categories) Draw(SpriteDataset dataset, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        string[] categories = [.. SpriteAssets.Categories];
        SpriteClip[] clips = new SpriteClip[count];
        // By the number alone: 13 movements in turn, and shares that no two of one movement have alike.
        Parallel.For(0, count, i =>
        {
            (SpriteMotion motion, double strength) = MovementClass.Of(i % MovementClass.Count, (i * 0.618034) % 1);
            clips[i] = dataset.Draw(i, motion, strength);
        });
        SpriteClip first = clips[0];
        byte[] bytes = new byte[(long)count * first.Frames.Length];
        for (int i = 0; i < count; i++) clips[i].Frames.CopyTo(bytes, (long)i * first.Frames.Length);
        return scope.MoveToOuter(
            tensor(bytes).view(count, first.FrameCount, first.Size, first.Size, 3),
            tensor(Enumerable.Range(0, count).Select(i => (long)(i % MovementClass.Count)).ToArray()),
            tensor(clips.Select(clip => (long)Math.Max(0, Array.IndexOf(categories, clip.Category))).ToArray()));
    }

    /// <summary>Trains until the end of the run.</summary>
    public void Train(
        (Tensor Clips, Tensor Movements, Tensor Categories) data,
        IProgress<TrainingProgress>? progress, CancellationToken cancel) => Run.Train(
        step =>
        {
            using var random = new StepRandom(seed, step);
            Tensor chosen = random.Integers(0, data.Clips.size(0), Batch);
            (Tensor movements, Tensor categories) = network.Classes(network.Features(VideoTensors.Of(data.Clips.index_select(0, chosen))));
            return F.cross_entropy(movements, data.Movements.index_select(0, chosen))
                + F.cross_entropy(categories, data.Categories.index_select(0, chosen));
        },
        progress,
        cancel);

    /// <summary>Writes the averages, in float16.</summary>
    public void Save(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Save(file, Run.Average.Values().Select(value => (value.Name, value.Value.to(ScalarType.Float16))));
    }

    public void Dispose()
    {
        Run.Dispose();
        weights.Dispose();
    }
}
