using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.StableVideoDiffusion;

namespace Cil.Diffusion.Pipelines.StableVideo;

/// <summary>A model of Stable Video Diffusion: how to sample; the networks' sizes are in their folders' config.json.</summary>
public sealed record SvdManifest : ModelManifest
{
    private const int HighestSigma = 10_000, MostSteps = 1000;

    // As diffusers and transformers name their weights.
    private const string DiffusersStem = "diffusion_pytorch_model", TransformersStem = "model";
    private static readonly string[] Endings =
        [".safetensors", ".safetensors.index.json", ".fp16.safetensors", ".fp16.safetensors.index.json", ".bin", ".fp16.bin"];

    [JsonPropertyName("sampling")] public SvdSampling Sampling { get; init; } = new();

    [JsonPropertyName("files")] public SvdFiles Files { get; init; } = new();

    /// <summary>
    /// Whether frames over time look at their own picture only, or as the published code has it; told apart by batches of
    /// several pictures.
    /// </summary>
    [JsonPropertyName("time_context")] public TimeContextOrder TimeContext { get; init; }

    [JsonIgnore] public SvdUNetConfig UNet { get; init; } = null!;

    [JsonIgnore] public SvdAutoencoderConfig Autoencoder { get; init; } = null!;

    [JsonIgnore] public VisionConfig Vision { get; init; } = null!;

    /// <summary>Width of the picture's token.</summary>
    [JsonIgnore] public long TokenWidth { get; init; }

    /// <summary>Of the U-Net, the autoencoder and the image tower.</summary>
    [JsonIgnore] public override IReadOnlyList<string> WeightFiles => [.. weightFiles, .. LoraFiles];

    [JsonIgnore] public override string? StatisticsFile => Files.Statistics;

    [JsonIgnore] public override SamplingDefaults Defaults => Sampling;

    [JsonIgnore] public override bool ReadsPrompt => false;

    private IReadOnlyList<string> weightFiles = [];

    [JsonIgnore] public override int HighestStart => HighestSigma;

    [JsonIgnore] public override int? StepLimit => MostSteps;

    [JsonIgnore] public override int? DecodeChunk => Sampling.DecodeChunk;

    [JsonIgnore] public override int SpatialScale => Autoencoder.SpatialScale;

    [JsonIgnore] public override int SizeMultiple => SpatialScale * UNet.LatentMultiple;

    [JsonIgnore] public override long LatentChannels => Autoencoder.LatentChannels;

    public override int StepCount(int steps, int start) => steps;

    public override (double Signal, double Noise) Marginal(int start) => (1, start);

    public override ModelManifest In(AnalyticInitMode mode) => this with { Sampling = Sampling with { Mode = mode } };

    private protected override MemoryEstimate Memory(long weightBytes) => new(
        UNet.BlockOutChannels.Take(2).Sum() / 2, Autoencoder.BlockOutChannels.Take(2).Max(), SpatialScale, weightBytes);

    internal static SvdManifest Read(JsonElement json, string folder)
    {
        SvdManifest manifest = json.Deserialize<SvdManifest>(Json)!;
        string[] outside = [.. manifest.Outside()];
        if (outside.Length > 0) throw new ModelFolderException($"{Path.Combine(folder, FileName)}: {string.Join("; ", outside)}");
        return manifest.WithParts(folder);
    }

    /// <summary>The same with the sizes that the parts' config.json say.</summary>
    /// <param name="folder">The folder that <see cref="Files"/> are in.</param>
    /// <exception cref="ModelFolderException">A config.json is missing, or has a value that the networks do not have.</exception>
    internal SvdManifest WithParts(string folder)
    {
        (VisionConfig vision, long width) = Config(folder, Files.ImageEncoder, TransformersVision.Read);
        return this with
        {
            UNet = Config(folder, Files.UNet, SvdUNetConfig.Read),
            Autoencoder = Config(folder, Files.Autoencoder, SvdAutoencoderConfig.Read),
            Vision = vision,
            TokenWidth = width,
            weightFiles =
            [
                Files.UNetWeights ?? Weights(folder, Files.UNet, DiffusersStem), Weights(folder, Files.Autoencoder, DiffusersStem),
                Weights(folder, Files.ImageEncoder, TransformersStem),
            ],
        };
    }

    internal override IEnumerable<string> Errors()
    {
        if (Frames < 1) yield return $"frames: must be at least 1, got {Frames}";
        if (Height < SizeMultiple || Height % SizeMultiple != 0) yield return $"height: must be a multiple of {SizeMultiple}, got {Height}";
        if (Width < SizeMultiple || Width % SizeMultiple != 0) yield return $"width: must be a multiple of {SizeMultiple}, got {Width}";
        if (UNet.InChannels != 2 * LatentChannels)
            yield return $"unet in_channels: must be twice the vae's latent_channels ({2 * LatentChannels}), got {UNet.InChannels}";
        if (UNet.OutChannels != LatentChannels)
            yield return $"unet out_channels: must be the vae's latent_channels ({LatentChannels}), got {UNet.OutChannels}";
        if (UNet.CrossAttentionDim != TokenWidth)
        {
            yield return $"unet cross_attention_dim: must be the image_encoder's projection_dim ({TokenWidth}), got "
                + $"{UNet.CrossAttentionDim}";
        }

        if (Sampling.Start < 1 || Sampling.Start > HighestSigma)
            yield return $"sampling.start: must be 1 to {HighestSigma}, got {Sampling.Start}";
        if (Sampling.Steps is < 1 or > MostSteps) yield return $"sampling.steps: must be 1 to {MostSteps}, got {Sampling.Steps}";
        foreach ((string name, double value) in ((string, double)[])[
            ("guidance_scale", Sampling.GuidanceScale), ("min_guidance_scale", Sampling.MinGuidanceScale),
            ("motion_bucket_id", Sampling.MotionBucket), ("noise_aug_strength", Sampling.NoiseAugmentation),
        ])
        {
            if (!double.IsFinite(value) || value < 0)
                yield return FormattableString.Invariant($"sampling.{name}: must be at least 0, got {value}");
        }

        if (Sampling.Fps < 1) yield return $"sampling.fps: must be at least 1, got {Sampling.Fps}";
        if (Sampling.PlaybackFps < 1) yield return $"sampling.playback_fps: must be at least 1, got {Sampling.PlaybackFps}";
        if (Sampling.DecodeChunk < 1) yield return $"sampling.decode_chunk_size: must be at least 1, got {Sampling.DecodeChunk}";
    }

    private IEnumerable<string> Outside() => NamesBeside(
        ("files.unet", Files.UNet), ("files.vae", Files.Autoencoder),
        ("files.image_encoder", Files.ImageEncoder), ("files.unet_weights", Files.UNetWeights),
        ("files.statistics", Files.Statistics)).Concat(LoraErrors());

    // Whole precision first: it can be rounded, not the other way.
    private static string Weights(string folder, string part, string stem) => Path.Combine(
        part,
        Endings.Select(ending => stem + ending).FirstOrDefault(name => File.Exists(Path.Combine(folder, part, name)))
            ?? $"{stem}{Endings[0]}");

    private static T Config<T>(string folder, string part, Func<JsonElement, T> read)
    {
        string path = Path.Combine(folder, part, "config.json");
        if (!File.Exists(path)) throw new ModelFolderException($"{folder}: has no {part}/config.json");
        try
        {
            return read(JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path), Json));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ModelFolderException($"{path}: {error.Message}", error);
        }
    }
}
