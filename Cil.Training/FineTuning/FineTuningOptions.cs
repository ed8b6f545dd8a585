using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using static TorchSharp.torch;

namespace Cil.Training.FineTuning;

/// <summary>How a model is fine-tuned. Defaults are the published ones (spec: DynamiCrafter's configuration with CIL), but for the number of steps.</summary>
public sealed record FineTuningOptions
{
    /// <summary>Folder of encoded clips, checkpoint, loss log and plot; a run that was stopped goes on from there.</summary>
    public required string Folder { get; init; }

    /// <summary>TimeNoise on the condition, or null for naive fine-tuning.</summary>
    public TimeNoiseDistribution? TimeNoise { get; init; }

    public ImageTokenNoise TokenNoise { get; init; } = ImageTokenNoise.Replace;

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

    public TimeSpan? TimeLimit { get; init; }
}
