using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;

namespace Cil.Benchmarks.Grid;

/// <summary>
/// The model folder to render with: the one asked for, the one that ships, or random weights in networks of about its size.
/// </summary>
internal sealed class BenchmarkModel : IDisposable
{
    private const int Frames = 16, Size = 64, Context = 64;
    private readonly string? temporary;

    internal BenchmarkModel(BenchmarkOptions options)
    {
        if ((options.Model ?? Shipped()) is { } folder)
        {
            Folder = folder;
        }
        else
        {
            Folder = temporary = Directory.CreateTempSubdirectory("cil-model-").FullName;
            ModelFolder.CreateRandom(Folder, Random, seed: 1);
        }

        Manifest = ModelFolder.Read(Folder);
        Steps = options.Steps ?? Manifest.Defaults.Steps;
    }

    internal string Folder { get; }

    internal ModelManifest Manifest { get; }

    /// <summary>Denoising steps of a render.</summary>
    internal int Steps { get; }

    private static LvdmManifest Random { get; } = new()
    {
        Name = "random",
        Family = "dynamicrafter",
        Frames = Frames,
        Height = Size,
        Width = Size,
        UNet = new UNetConfig
        {
            InChannels = 8, OutChannels = 4, ModelChannels = 32,
            AttentionResolutions = [1, 2, 4], NumResBlocks = 1, ChannelMult = [1, 2, 2],
            NumHeadChannels = 32, ContextDim = Context, UseLinear = true, TemporalConv = true, AdditionAttention = true,
            ImageCrossAttention = true, DefaultFs = 8, FsCondition = true, TemporalLength = Frames,
        },
        Autoencoder = new AutoencoderManifest
        {
            EmbedDim = 4,
            Config = new AutoencoderConfig { Ch = 32, ChMult = [1, 2, 2], NumResBlocks = 1, ZChannels = 4 },
        },
        Resampler = new ResamplerConfig
        {
            Dim = Context, Depth = 2, DimHead = 32, Heads = 2, NumQueries = 16,
            EmbeddingDim = Context, OutputDim = Context, VideoLength = Frames,
        },
        OpenClip = new OpenClipConfig
        {
            EmbedDim = Context,
            Vision = new VisionConfig { ImageSize = Size, Layers = 3, Width = Context, HeadWidth = 32, PatchSize = 8 },
            Text = new TextConfig { VocabSize = 514, Width = Context, Heads = 2, Layers = 3 },
        },
    };

    public void Dispose()
    {
        if (temporary is not null) Directory.Delete(temporary, recursive: true);
    }

    private static string? Shipped()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "models", "cil-tiny");
            if (File.Exists(Path.Combine(candidate, ModelManifest.FileName))) return candidate;
        }

        return null;
    }
}
