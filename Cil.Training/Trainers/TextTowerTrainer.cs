using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Layers;
using Cil.Training.Losses;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Training.Trainers;

/// <summary>
/// Trains a small text tower to tell classes of captions apart (here: motions) from the mean of its tokens. DynamiCrafter
/// freezes a tower that was trained on captions of pictures; a tower trained so says what moves where in every token, and a
/// fresh U-Net, whose attention starts out even, can read it from the first step on.
/// </summary>
public sealed class TextTowerTrainer : IDisposable
{
    /// <summary>Names in a weights file begin with this.</summary>
    public const string Prefix = "cond_stage_model.model";

    private readonly TrainingWeights weights;
    private readonly Linear head;
    private readonly ulong seed;
    private readonly int batch;

    /// <param name="classes">Number of classes.</param>
    /// <param name="batch">Captions a step.</param>
    public TextTowerTrainer(TextConfig config, int classes, int batch, ulong seed, TrainingRunOptions run)
    {
        (this.seed, this.batch) = (seed, batch);
        weights = new TrainingWeights(seed, ScalarType.Float32);
        Tower = new TextTower(config, WeightScope.Root(weights, Prefix));
        TowerParameters = weights.Parameters.Count;
        head = new Linear(WeightScope.Root(weights, "head"), config.Width, classes);
        Run = new TrainingRun(weights.Parameters, run);
    }

    public TextTower Tower { get; }

    public TrainingRun Run { get; }

    /// <summary>The tower's parameters as trained, without the head, which has done its work.</summary>
    public IEnumerable<(string Name, Tensor Value)> Trained => weights.Parameters.Take(TowerParameters).Select(p => (p.Name, p.Master));

    private int TowerParameters { get; }

    /// <summary>Trains until the end of the run.</summary>
    /// <param name="tokens">Token ids of all captions, (N, 77), int64.</param>
    /// <param name="classes">The class of each, (N), int64.</param>
    public void Train(Tensor tokens, Tensor classes, IProgress<TrainingProgress>? progress, CancellationToken cancel) => Run.Train(
        step =>
        {
            using var random = new StepRandom(seed, step);
            Tensor chosen = random.Integers(0, tokens.size(0), batch);
            return F.cross_entropy(Scores(tokens.index_select(0, chosen)), classes.index_select(0, chosen));
        },
        progress,
        cancel);

    /// <summary>Share of captions whose class the tower tells rightly.</summary>
    public double Accuracy(Tensor tokens, Tensor classes)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Scores(tokens).argmax(1).eq(classes).to(ScalarType.Float32).mean().ToDouble();
    }

    public void Dispose()
    {
        Run.Dispose();
        weights.Dispose();
    }

    private Tensor Scores(Tensor tokens) => head.Forward(Tower.Forward(tokens).mean([1]));
}
