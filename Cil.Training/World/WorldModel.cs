using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Diffusion.Samplers;
using Cil.Training.Recipes;

namespace Cil.Training.World;

/// <summary>
/// The sizes of the small world's models. Like DynamiCrafter: v, zero terminal SNR, the image beside the noisy latents and as
/// tokens. Like VideoCrafter1: the noise, the published schedule as it is, the image as tokens only. Like Stable Video Diffusion: noise
/// levels, the image beside the noisy latents and as one token, micro-conditions, no words.
/// </summary>
public static class WorldModel
{
    public const int Frames = 8, Size = 64, Fps = 8;

    internal const string Statistics = "statistics.safetensors";

    private const string Summary =
        "The small world: emoji over grounds, 8 frames of 64 x 64 pixels. Made to measure conditional image leakage.";
    private const int Steps = 20, ImageTokens = 64;
    private const long Channels = 64;

    /// <summary>A model of DynamiCrafter or VideoCrafter1 that takes autoencoder and towers from another one.</summary>
    /// <param name="source">The model whose autoencoder and towers it has; of VideoCrafter1 the image tower is its own.</param>
    /// <param name="family">One of <see cref="FamilyName"/>.</param>
    /// <param name="tuning">Plain for the base.</param>
    public static LvdmManifest Manifest(LvdmManifest source, string family, Tuning tuning)
    {
        LvdmManifest manifest = source with
        {
            Name = $"world-{WorldFamily.Name(tuning)}",
            Tuning = tuning,
            Base = Base(tuning),
            Summary = Summary,
            Frames = Frames,
            ConditionFrame = ConditionFrame.First,
            // The published schedule.
            Schedule = new ScheduleManifest(),
            Sampling = new LvdmSampling
            {
                Steps = Steps, GuidanceScale = 1, GuidanceRescale = 0, Eta = 1, Start = 1000, Fps = Fps, PlaybackFps = Fps,
            },
            UNet = UNet(source.LatentChannels, source.OpenClip.Text.Width),
            Resampler = source.Resampler with { VideoLength = Frames },
            Files = new ModelFiles { Statistics = Statistics },
        };
        return family == FamilyName.VideoCrafter1 ? AsVideoCrafter(manifest) : manifest;
    }

    /// <summary>A model of Stable Video Diffusion; the networks' sizes are <see cref="SvdUNet"/> and those of its other parts.</summary>
    internal static SvdManifest SvdManifest(LvdmManifest source, Tuning tuning) => new()
    {
        Name = $"world-{WorldFamily.Name(tuning)}",
        Family = FamilyName.StableVideoDiffusion,
        Tuning = tuning,
        Base = Base(tuning),
        Summary = Summary,
        Licence = source.Licence,
        Frames = Frames,
        Height = Size,
        Width = Size,
        Sampling = new SvdSampling
        {
            Steps = Steps, GuidanceScale = 1, MinGuidanceScale = 1, Start = 700, Fps = Fps, FpsLessOne = false,
            MotionBucket = MotionBucket, PlaybackFps = Fps, DecodeChunk = Frames,
        },
        Files = new SvdFiles { Statistics = Statistics },
    };

    /// <summary>What every clip is said to move, as in the published fine-tuning: it does not tell clips apart.</summary>
    internal const double MotionBucket = 20;

    internal static SvdUNetConfig SvdUNet(long latentChannels) => new()
    {
        InChannels = 2 * latentChannels,
        OutChannels = latentChannels,
        BlockOutChannels = [Channels, Channels],
        // At 4 x 4 only, as in the other models.
        Attention = [false, true],
        LayersPerBlock = 1,
        AttentionHeads = [2, 2],
        CrossAttentionDim = Channels,
        AdditionTimeEmbedDim = 32,
        NumFrames = Frames,
    };

    internal static VisionConfig SvdVision { get; } =
        new() { ImageSize = 32, Layers = 1, Width = Channels, HeadWidth = 32, PatchSize = 8 };

    private static string? Base(Tuning tuning) => tuning == Tuning.Plain ? null : $"world-{WorldFamily.Name(Tuning.Plain)}";

    // A token for each patch of the image, and attention to them where the latents are as many as the patches.
    private static LvdmManifest AsVideoCrafter(LvdmManifest manifest) => manifest with
    {
        Family = FamilyName.VideoCrafter1,
        Schedule = new ScheduleManifest { Parameterization = Parameterization.Eps, ZeroTerminalSnr = false },
        UNet = manifest.UNet with { InChannels = manifest.UNet.OutChannels, AttentionResolutions = [1, 2] },
        Resampler = manifest.Resampler with { VideoLength = null, NumQueries = ImageTokens },
        OpenClip = manifest.OpenClip with { Vision = manifest.OpenClip.Vision with { ImageSize = Size } },
    };

    // cil-tiny's, smaller.
    private static UNetConfig UNet(long channels, long context) => TinyModel.UNet with
    {
        InChannels = 2 * channels,
        OutChannels = channels,
        ModelChannels = Channels,
        ContextDim = context,
        TemporalLength = Frames,
        DefaultFs = Fps,
    };
}
