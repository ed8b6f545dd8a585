using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using static TorchSharp.torch;

namespace Cil.Training.FineTuning;

/// <summary>
/// How a model is fine-tuned. Defaults are the published ones (spec: DynamiCrafter's configuration with CIL), but for the
/// number of steps.
/// </summary>
public sealed record FineTuningOptions
{
    /// <summary>Folder of encoded clips, checkpoint, loss log and plot; a run that was stopped goes on from there.</summary>
    public required string Folder { get; init; }

    /// <summary>TimeNoise on the condition, or null for naive fine-tuning.</summary>
    public TimeNoiseDistribution? TimeNoise { get; init; }

    /// <summary>
    /// What TimeNoise does to the projected image tokens. VideoCrafter1, which sees the image through them alone, learns
    /// nothing from it with <see cref="ImageTokenNoise.Replace"/>.
    /// </summary>
    public ImageTokenNoise TokenNoise { get; init; } = ImageTokenNoise.Replace;

    /// <summary>Which frame the model is told; null for what it was trained with.</summary>
    public ConditionFrame? ConditionFrame { get; init; }

    /// <summary>
    /// Strides between frames are drawn from 1 to this, for each clip; a clip that is too short for its stride gets a smaller
    /// one.
    /// </summary>
    public int MaxStride { get; init; } = 6;

    /// <summary>How often each clip is drawn, each time with a stride and a beginning of its own.</summary>
    public int Takes { get; init; } = 1;

    /// <summary>The motion bucket that Stable Video Diffusion is told in training (published: 20).</summary>
    public double MotionBucket { get; init; } = 20;

    public ulong Seed { get; init; } = 1;

    /// <summary>Where clips are encoded and the networks trained.</summary>
    public Device Device { get; init; } = CPU;

    public long Steps { get; init; } = 1000;

    /// <summary>Clips a step.</summary>
    public int Batch { get; init; } = 4;

    public double LearningRate { get; init; } = 1e-5;

    /// <summary>Steps until the learning rate is reached.</summary>
    public int WarmUp { get; init; } = 20;

    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Limit of the global gradient norm.</summary>
    public double ClipNorm { get; init; } = 0.5;

    public bool BFloat16 { get; init; } = true;

    /// <summary>Trains a LoRA of this rank, of the attentions of U-Net and projector; null trains them whole.</summary>
    public int? LoraRank { get; init; }

    public TimeSpan? TimeLimit { get; init; }

    /// <summary>How the network's run goes, whatever the system.</summary>
    internal TrainingRunOptions Run() => new()
    {
        Folder = Folder,
        Steps = Steps,
        Rate = new LearningRate { Peak = LearningRate, WarmUp = WarmUp },
        EmaDecay = EmaDecay,
        ClipNorm = ClipNorm,
        TimeLimit = TimeLimit,
        CheckpointEvery = 50,
    };
}
