using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Diffusion.DynamiCrafter;
using Cil.Diffusion.Media;
using Cil.Diffusion.OpenClip;

namespace Cil.Diffusion.Pipelines;

/// <summary>What a model folder's `model.json` says: the networks' sizes under the originals' names, and how to sample.</summary>
public sealed record ModelManifest
{
    public const string FileName = "model.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Which system's networks these are; one of <see cref="ModelFamily.All"/>.</summary>
    [JsonPropertyName("family")] public required string Family { get; init; }

    [JsonPropertyName("summary")] public string Summary { get; init; } = "";

    [JsonPropertyName("licence")] public string Licence { get; init; } = "";

    /// <summary>Frames of one window.</summary>
    [JsonPropertyName("frames")] public required int Frames { get; init; }

    /// <summary>Pixels, as trained.</summary>
    [JsonPropertyName("height")] public required int Height { get; init; }

    [JsonPropertyName("width")] public required int Width { get; init; }

    /// <summary>What happens to a picture of another shape.</summary>
    [JsonPropertyName("image_fit")] public ImageFit ImageFit { get; init; } = ImageFit.Crop;

    /// <summary>Latents are multiplied by it after encoding and divided before decoding.</summary>
    [JsonPropertyName("scale_factor")] public double ScaleFactor { get; init; } = 0.18215;

    [JsonPropertyName("schedule")] public ScheduleManifest Schedule { get; init; } = new();

    [JsonPropertyName("sampling")] public SamplingDefaults Sampling { get; init; } = new();

    [JsonPropertyName("unet")] public required UNetConfig UNet { get; init; }

    [JsonPropertyName("autoencoder")] public required AutoencoderManifest Autoencoder { get; init; }

    [JsonPropertyName("resampler")] public required ResamplerConfig Resampler { get; init; }

    [JsonPropertyName("open_clip")] public required OpenClipConfig OpenClip { get; init; }

    [JsonPropertyName("files")] public ModelFiles Files { get; init; } = new();

    [JsonIgnore] public int SpatialScale => Autoencoder.Config.SpatialScale;

    /// <summary>Height and width must be multiples of this: the latents are halved at every level of the U-Net.</summary>
    [JsonIgnore] public int SizeMultiple => SpatialScale << (UNet.ChannelMult.Count - 1);

    [JsonIgnore] public long LatentChannels => Autoencoder.EmbedDim;

    /// <summary>Whether the picture's latent stands beside the noisy one in the network's input.</summary>
    [JsonIgnore] public bool ConcatenatesImage => Family != ModelFamily.VideoCrafter1;

    /// <summary>Reads `model.json` of a folder.</summary>
    /// <exception cref="ModelFolderException">The folder or the file is missing, or the file does not fit together; every fault is listed.</exception>
    public static ModelManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new ModelFolderException($"{folder}: no model: it has no {FileName}");
        ModelManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllText(path), Json);
        }
        catch (JsonException error)
        {
            throw new ModelFolderException($"{path}: {error.Message}", error);
        }

        if (manifest is null) throw new ModelFolderException($"{path}: is empty");
        string[] faults = [.. ManifestFaults.Of(manifest)];
        if (faults.Length > 0) throw new ModelFolderException($"{path}: {faults.Length} faults:\n  {string.Join("\n  ", faults)}");
        return manifest;
    }

    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>The latents of one window: (C, T, h, w).</summary>
    public long[] LatentShape(int frames, int height, int width) => [LatentChannels, frames, height / SpatialScale, width / SpatialScale];
}
