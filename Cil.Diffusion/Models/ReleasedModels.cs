using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Diffusion.Samplers;
using Cil.Media.Images;

namespace Cil.Diffusion.Models;

/// <summary>
/// The configurations of the released models of DynamiCrafter (Doubiiu/DynamiCrafter, configs/inference_*.yaml) and VideoCrafter1
/// (AILab-CVC/VideoCrafter, configs/inference_i2v_512_v1.0.yaml), and how Stable Video Diffusion is sampled.
/// </summary>
public static class ReleasedModels
{
    /// <summary>Frames of a window of every released model but the longer Stable Video Diffusion.</summary>
    public const int Frames = 16;

    // First: those below are made of it.
    private static ResamplerConfig Resampler { get; } = new()
    {
        Dim = 1024, Depth = 4, DimHead = 64, Heads = 12, NumQueries = 16,
        EmbeddingDim = 1280, OutputDim = 1024, FfMult = 4, VideoLength = Frames,
    };

    public static LvdmManifest DynamiCrafter256 { get; } = DynamiCrafter("dynamicrafter-256", 256, 256, fps: 3) with
    {
        FpsIsStride = true,
        UNet = UNet(8) with { DefaultFs = 3, ImageCrossAttentionScaleLearnable = true },
        Schedule = new ScheduleManifest { Parameterization = Parameterization.Eps, ZeroTerminalSnr = false },
        Sampling = new LvdmSampling { Steps = 50, GuidanceScale = 7.5, GuidanceRescale = 0, Spacing = TimestepSpacing.Uniform, Fps = 3 },
    };

    public static LvdmManifest DynamiCrafter512 { get; } = DynamiCrafter("dynamicrafter-512", 320, 512, fps: 24) with
    {
        Schedule = new ScheduleManifest { BaseScale = 0.7 },
    };

    public static LvdmManifest DynamiCrafter1024 { get; } = DynamiCrafter("dynamicrafter-1024", 576, 1024, fps: 10) with
    {
        Schedule = new ScheduleManifest { BaseScale = 0.3 },
    };

    public static LvdmManifest VideoCrafter1 { get; } = DynamiCrafter("videocrafter1-512", 320, 512, fps: 8) with
    {
        Family = FamilyName.VideoCrafter1,
        ConditionFrame = ConditionFrame.First,
        ImageFit = ImageFit.Stretch,
        UNet = UNet(4) with { DefaultFs = 16 },
        Resampler = Resampler with { VideoLength = null },
        Schedule = new ScheduleManifest
        {
            Parameterization = Parameterization.Eps, ZeroTerminalSnr = false, BaseScale = 0.7, RescaleToTimeZero = true,
        },
        Sampling = new LvdmSampling { Steps = 50, GuidanceScale = 12, GuidanceRescale = 0, Spacing = TimestepSpacing.Uniform, Fps = 24 },
    };

    /// <summary>Those whose weights are one file.</summary>
    public static IReadOnlyList<LvdmManifest> All { get; } = [DynamiCrafter256, DynamiCrafter512, DynamiCrafter1024, VideoCrafter1];

    /// <summary>How Stable Video Diffusion is sampled (diffusers' defaults), for as many frames as it was trained on.</summary>
    public static SvdManifest StableVideoDiffusion(int frames) => new()
    {
        Name = frames > 14 ? "svd-xt" : "svd", Family = FamilyName.StableVideoDiffusion,
        Frames = frames, Height = 576, Width = 1024, ImageFit = ImageFit.Stretch,
    };

    /// <summary>
    /// The same after fine-tuning on the CIL paper's data (examples/SVD/config/train.yaml and inference512.yaml): 16 frames
    /// of 512 x 320, told the frame rate and motion that it was trained with.
    /// </summary>
    public static SvdManifest FineTuned(SvdManifest plain) => plain with
    {
        Frames = Frames,
        Height = 320,
        Width = 512,
        Sampling = new SvdSampling
        {
            Fps = 3, FpsLessOne = false, MotionBucket = 20, NoiseAugmentation = 0.002, DecodeChunk = Frames, PlaybackFps = 8,
        },
    };

    private static UNetConfig UNet(long channels) => new()
    {
        InChannels = channels, OutChannels = 4, ModelChannels = 320, AttentionResolutions = [4, 2, 1],
        NumResBlocks = 2, ChannelMult = [1, 2, 4, 4], Dropout = 0.1,
        NumHeadChannels = 64, TransformerDepth = 1, ContextDim = 1024, UseLinear = true,
        TemporalConv = true, TemporalAttention = true, TemporalLength = Frames,
        AdditionAttention = true, ImageCrossAttention = true, DefaultFs = 24, FsCondition = true,
    };

    private static LvdmManifest DynamiCrafter(string name, int height, int width, int fps) => new()
    {
        Name = name,
        Family = FamilyName.DynamiCrafter,
        Frames = Frames,
        Height = height,
        Width = width,
        Sampling = new LvdmSampling
        {
            Steps = 50, GuidanceScale = 7.5, GuidanceRescale = 0.7, Spacing = TimestepSpacing.UniformTrailing, Fps = fps,
        },
        UNet = UNet(8) with { DefaultFs = fps },
        Autoencoder = new AutoencoderManifest
        {
            EmbedDim = 4, Config = new AutoencoderConfig { Ch = 128, ChMult = [1, 2, 4, 4], NumResBlocks = 2, ZChannels = 4 },
        },
        Resampler = Resampler,
        OpenClip = new OpenClipConfig
        {
            EmbedDim = 1024,
            Vision = new VisionConfig { ImageSize = 224, Layers = 32, Width = 1280, HeadWidth = 80, PatchSize = 14 },
            Text = new TextConfig { VocabSize = 49408, Width = 1024, Heads = 16, Layers = 24 },
        },
    };
}
