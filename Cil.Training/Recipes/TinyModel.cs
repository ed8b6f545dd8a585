using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Pipelines.LatentVideo;

namespace Cil.Training.Recipes;

/// <summary>The sizes of cil-tiny: the DynamiCrafter family, small enough to be trained on a processor.</summary>
public static class TinyModel
{
    public const int Frames = 16;
    public const int Size = 64;
    public const long LatentChannels = 24;
    public const int Fps = 8;
    private const long Width = 64;

    /// <summary>8 pixels a latent, 24 channels: what principal components of so many pixels need for a clear picture.</summary>
    public static AutoencoderConfig Autoencoder { get; } = new()
    {
        Ch = 64, ChMult = [1, 1, 2, 2], NumResBlocks = 1, ZChannels = LatentChannels,
    };

    public static UNetConfig UNet { get; } = new()
    {
        InChannels = 2 * LatentChannels,
        OutChannels = LatentChannels,
        ModelChannels = 96,
        // Only at 4 × 4: at 8 × 8 attention would cost three times what the convolutions do.
        AttentionResolutions = [2],
        NumResBlocks = 1,
        ChannelMult = [1, 1],
        Dropout = 0,
        NumHeadChannels = 32,
        TransformerDepth = 1,
        ContextDim = Width,
        UseLinear = true,
        TemporalConv = true,
        TemporalAttention = true,
        TemporalLength = Frames,
        AdditionAttention = false,
        ImageCrossAttention = true,
        DefaultFs = Fps,
        FsCondition = true,
    };

    public static ResamplerConfig Projector { get; } = new()
    {
        Dim = Width, Depth = 1, DimHead = 32, Heads = 2, NumQueries = 16,
        EmbeddingDim = Width, OutputDim = Width, FfMult = 2, VideoLength = Frames,
    };

    /// <summary>
    /// More noise than the released models have: a small moving thing shows through little noise, and its direction must come
    /// from the words.
    /// </summary>
    public static ScheduleManifest Schedule { get; } = new() { LinearEnd = 0.05 };

    public static OpenClipConfig OpenClip(int vocabulary) => new()
    {
        EmbedDim = Width,
        Vision = new VisionConfig { ImageSize = 32, Layers = 1, Width = Width, HeadWidth = 32, PatchSize = 8 },
        Text = new TextConfig { VocabSize = vocabulary, Width = Width, Heads = 2, Layers = 2 },
    };

    public static LvdmManifest Manifest(int vocabulary) => new()
    {
        Name = "cil-tiny",
        Family = "dynamicrafter",
        Summary = "Emoji that move the way the prompt says; 16 frames of 64 x 64 pixels.",
        Licence = "Apache-2.0",
        Frames = Frames,
        Height = Size,
        Width = Size,
        ConditionFrame = ConditionFrame.First,
        ScaleFactor = 1,
        Schedule = Schedule,
        Sampling = new LvdmSampling
        {
            Steps = 20, GuidanceScale = 1.5, GuidanceRescale = 0, Eta = 1, Start = 1000, Fps = Fps, PlaybackFps = 8,
        },
        UNet = UNet,
        Autoencoder = new AutoencoderManifest { EmbedDim = LatentChannels, Config = Autoencoder },
        Resampler = Projector,
        OpenClip = OpenClip(vocabulary),
        Files = new ModelFiles { Statistics = "statistics.safetensors" },
    };
}
