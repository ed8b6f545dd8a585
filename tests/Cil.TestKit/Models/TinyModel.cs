using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Samplers;
using Cil.Media.Images;

namespace Cil.TestKit.Models;

/// <summary>A model folder with random weights, as small as the networks allow.</summary>
internal sealed class TinyModel : IDisposable
{
    internal TinyModel(LvdmManifest? manifest = null) => ModelFolder.CreateRandom(Folder, manifest ?? Manifest, seed: 1);

    /// <summary>The same sizes as VideoCrafter1 puts them together.</summary>
    internal static LvdmManifest VideoCrafter1 => Manifest with
    {
        Name = "tiny-videocrafter1",
        Family = FamilyName.VideoCrafter1,
        ImageFit = ImageFit.Stretch,
        UNet = Manifest.UNet with { InChannels = 4, DefaultFs = 16 },
        Resampler = Manifest.Resampler with { VideoLength = null },
        Schedule = new ScheduleManifest
        {
            Parameterization = Parameterization.Eps, ZeroTerminalSnr = false, BaseScale = 0.7, RescaleToTimeZero = true,
        },
        Sampling = new LvdmSampling { Steps = 3, GuidanceScale = 12, GuidanceRescale = 0, Spacing = TimestepSpacing.Uniform, Fps = 8 },
    };

    internal static LvdmManifest Manifest { get; } = new()
    {
        Name = "tiny",
        Family = "dynamicrafter",
        Frames = 4,
        Height = 32,
        Width = 32,
        Sampling = new LvdmSampling { Steps = 3 },
        UNet = new UNetConfig
        {
            InChannels = 8, OutChannels = 4, ModelChannels = 32, AttentionResolutions = [1, 2], NumResBlocks = 1, ChannelMult = [1, 2],
            NumHeadChannels = 32, ContextDim = 32, UseLinear = true, TemporalConv = true, AdditionAttention = true,
            ImageCrossAttention = true, DefaultFs = 24, FsCondition = true, TemporalLength = 4,
        },
        Autoencoder = new AutoencoderManifest
        {
            EmbedDim = 4,
            Config = new AutoencoderConfig { Ch = 32, ChMult = [1, 1, 1], NumResBlocks = 1, ZChannels = 4 },
        },
        Resampler = new ResamplerConfig
        {
            Dim = 32, Depth = 1, DimHead = 16, Heads = 2, NumQueries = 16, EmbeddingDim = 32, OutputDim = 32, VideoLength = 4,
        },
        OpenClip = new OpenClipConfig
        {
            EmbedDim = 32,
            Vision = new VisionConfig { ImageSize = 32, Layers = 1, Width = 32, HeadWidth = 16, PatchSize = 8 },
            Text = new TextConfig { VocabSize = 514, Width = 32, Heads = 2, Layers = 2 },
        },
    };

    internal string Folder { get; } = Path.Combine(Path.GetTempPath(), $"cil-tiny-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
