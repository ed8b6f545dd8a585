using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>Training of Stable Video Diffusion's U-Net on stored latents. Defaults are those of examples/SVD/config/train.yaml.</summary>
public sealed record SvdTrainerOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Where the network is trained.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Clips a step.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Noise on the conditional latents, which are not scaled (published: at most 15), or null for naive fine-tuning.</summary>
    public TimeNoiseDistribution? TimeNoise { get; init; }

    /// <summary>The noise levels of the latents.</summary>
    public LogNormal Levels { get; init; } = EdmLoss.Levels;

    /// <summary>The levels of the noise that naive training puts on the conditional picture's pixels.</summary>
    public LogNormal PictureNoise { get; init; } = EdmLoss.Levels;

    /// <summary>Chance that a step's clips are all trained without their picture.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>How much motion the network is told.</summary>
    public double MotionBucket { get; init; } = 20;

    public TimeContextOrder TimeContext { get; init; }

    /// <summary>Trains changes of this rank of the attentions' projections; null trains all weights.</summary>
    public int? LoraRank { get; init; }

    /// <summary>Compute in bfloat16 (masters and norms stay float32).</summary>
    public bool BFloat16 { get; init; } = true;
}
