using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using Cil.Training.Runs;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>Training of the U-Net and the image projector on stored latents.</summary>
public sealed record DiffusionTrainerOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Where the networks are trained. On a GPU some sums of gradients are taken in an order that varies, so that a resumed
    /// run gives equally good weights, not the same bits.
    /// </summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Clips a step.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>
    /// Frames drawn from each clip, at random and in order; null for all. A few frames of many clips teach a fresh network
    /// faster than all frames of few: frames of one clip are much alike.
    /// </summary>
    public int? FramesPerClip { get; init; }

    /// <summary>
    /// Extra weight of latents that differ from the conditional image's: 0 is the published loss. A small moving thing is
    /// else a small part of the loss.
    /// </summary>
    public double MotionWeight { get; init; }

    /// <summary>First time that is drawn; 0 for all times, as published.</summary>
    public int LowestTimestep { get; init; }

    /// <summary>p: text is dropped with chance 2p, the image with 2p, both with p among them.</summary>
    public double Dropout { get; init; } = 0.05;

    /// <summary>Noise on the conditional latents, or null for naive fine-tuning.</summary>
    public TimeNoiseDistribution? TimeNoise { get; init; }

    /// <summary>What TimeNoise does to the projected image tokens; used with <see cref="TimeNoise"/> only.</summary>
    public ImageTokenNoise TokenNoise { get; init; } = ImageTokenNoise.Replace;

    /// <summary>
    /// Whether the conditional frame's latents stand beside the noisy ones in the network's input; false for VideoCrafter1,
    /// which sees the image through its tokens only.
    /// </summary>
    public bool Concatenates { get; init; } = true;

    /// <summary>Trains changes of this rank of the attentions' projections; null trains all weights.</summary>
    public int? LoraRank { get; init; }

    /// <summary>Compute in bfloat16 (masters and norms stay float32).</summary>
    public bool BFloat16 { get; init; } = true;

    /// <summary>Refuses what cannot be trained with.</summary>
    /// <param name="times">How many times the schedule has.</param>
    /// <exception cref="TrainingException">An option is out of its range.</exception>
    internal void Verify(int times)
    {
        Require(Batch >= 1, nameof(Batch), Batch, "at least 1");
        Require(FramesPerClip is null or >= 1, nameof(FramesPerClip), FramesPerClip, "at least 1, or null for all");
        Require(MotionWeight >= 0, nameof(MotionWeight), MotionWeight, "0 or more");
        Require(LowestTimestep >= 0 && LowestTimestep < times, nameof(LowestTimestep), LowestTimestep, $"0…{times - 1}");
        Require(Dropout is >= 0 and <= 1.0 / 3, nameof(Dropout), Dropout, "0…1/3: three parts of it share one draw");
    }

    private static void Require(bool holds, string name, object? given, string possible)
    {
        if (!holds) throw new TrainingException(FormattableString.Invariant($"{name} is {given}; possible: {possible}"));
    }
}
