using Cil.Diffusion.Pipelines;
using Cil.Diffusion.TimeNoise;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>How the small world is trained. The defaults are what two cores do in about an hour.</summary>
public sealed record WorldOptions
{
    /// <summary>The model that autoencoder and towers are taken from: cil-tiny.</summary>
    public required string Source { get; init; }

    /// <summary>Which of the three systems the models are like; one of <see cref="FamilyName"/>.</summary>
    public string Family { get; init; } = FamilyName.DynamiCrafter;

    /// <summary>Folder of the run: encoded clips, checkpoints, losses. What is there is not done again.</summary>
    public required string Folder { get; init; }

    public ulong Seed { get; init; } = 31;

    public Device Device { get; init; } = CPU;

    public int Clips { get; init; } = 3000;

    /// <summary>Clips of the data set of little motion that the base is fine-tuned on.</summary>
    public int TuningClips { get; init; } = 1500;

    public long Steps { get; init; } = 1800;

    /// <summary>Steps of the image tower, of VideoCrafter1 only: it sees the image through its tokens alone.</summary>
    public long TowerSteps { get; init; } = 600;

    public long TuningSteps { get; init; } = 500;

    /// <summary>Clips a step.</summary>
    public int Batch { get; init; } = 4;

    public double LearningRate { get; init; } = 1e-3;

    public double TuningRate { get; init; } = 2e-4;

    /// <summary>
    /// What TimeNoise puts on the conditional image. The published largest noise, 100 of latents of about 0.9, leaves nothing
    /// of an image that a network which is tuned for some hundred steps would know again. Each of the frames' copies of the
    /// image has noise of its own.
    /// </summary>
    public TimeNoiseDistribution TimeNoise { get; init; } = new(3, 5, 1);

    /// <summary>Compute in bfloat16 (masters and norms stay float32).</summary>
    public bool BFloat16 { get; init; } = true;

    public TimeSpan? TimeLimit { get; init; }
}
