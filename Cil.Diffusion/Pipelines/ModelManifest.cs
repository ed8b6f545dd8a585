using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints.Lora;
using Cil.Media.Images;

namespace Cil.Diffusion.Pipelines;

/// <summary>What a model folder's `model.json` says, whatever the system; each system adds its own part.</summary>
public abstract record ModelManifest
{
    public const string FileName = "model.json";

    private const double LeastSignal = 1e-6;

    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    [JsonPropertyName("name"), JsonPropertyOrder(-9)] public required string Name { get; init; }

    /// <summary>Which system's networks these are; one of <see cref="FamilyName"/>.</summary>
    [JsonPropertyName("family"), JsonPropertyOrder(-8)] public required string Family { get; init; }

    /// <summary>How its weights came about; presets look for it.</summary>
    [JsonPropertyName("tuning"), JsonPropertyOrder(-8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Tuning Tuning { get; init; }

    /// <summary>The model that it was fine-tuned from; null where it was not, or nobody said.</summary>
    [JsonPropertyName("base"), JsonPropertyOrder(-8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Base { get; init; }

    [JsonPropertyName("summary"), JsonPropertyOrder(-7)] public string Summary { get; init; } = "";

    [JsonPropertyName("licence"), JsonPropertyOrder(-6)] public string Licence { get; init; } = "";

    /// <summary>Frames of one window.</summary>
    [JsonPropertyName("frames"), JsonPropertyOrder(-5)] public required int Frames { get; init; }

    /// <summary>Pixels, as trained.</summary>
    [JsonPropertyName("height"), JsonPropertyOrder(-4)] public required int Height { get; init; }

    [JsonPropertyName("width"), JsonPropertyOrder(-3)] public required int Width { get; init; }

    /// <summary>What happens to a picture of another shape.</summary>
    [JsonPropertyName("image_fit"), JsonPropertyOrder(-2)] public ImageFit ImageFit { get; init; } = ImageFit.Crop;

    /// <summary>LoRAs that are merged into the weights when they are loaded, in this order; null for none.</summary>
    [JsonPropertyName("loras"), JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LoraEntry>? Loras { get; init; }

    /// <summary>The files that hold the weights, by their paths in the folder; those of LoRAs are the last.</summary>
    [JsonIgnore] public abstract IReadOnlyList<string> WeightFiles { get; }

    /// <summary>Analytic-Init statistics beside the manifest, or null.</summary>
    [JsonIgnore] public abstract string? StatisticsFile { get; }

    /// <summary>What a request samples with when it does not say.</summary>
    [JsonIgnore] public abstract SamplingDefaults Defaults { get; }

    /// <summary>Whether words are part of what the network is told.</summary>
    [JsonIgnore] public virtual bool ReadsPrompt => true;

    /// <summary>The highest M that sampling can start from.</summary>
    [JsonIgnore] public abstract int HighestStart { get; }

    /// <summary>
    /// What training makes of clean latents at M: they are multiplied by the signal, and noise of that deviation is added.
    /// </summary>
    /// <param name="start">M: a time or a noise level.</param>
    public abstract (double Signal, double Noise) Marginal(int start);

    /// <summary>
    /// Whether nothing of the data is left at M, so that Analytic-Init is plain noise: with zero terminal SNR at 1000, or where less than a
    /// millionth of the variance is the data's.
    /// </summary>
    public bool IsPlainNoise(int start)
    {
        (double signal, double noise) = Marginal(start);
        return signal * signal / (noise * noise) < LeastSignal;
    }

    /// <summary>Frames that must be decoded together, or null where frames are decoded one by one.</summary>
    [JsonIgnore] public virtual int? DecodeChunk => null;

    /// <summary>Pixels of one latent, along one axis.</summary>
    [JsonIgnore] public abstract int SpatialScale { get; }

    /// <summary>Height and width must be multiples of this: the latents are halved at every level of the U-Net.</summary>
    [JsonIgnore] public abstract int SizeMultiple { get; }

    [JsonIgnore] public abstract long LatentChannels { get; }

    /// <summary>The most steps there can be; null where M, the number of times, is the limit.</summary>
    [JsonIgnore] public virtual int? StepLimit => null;

    /// <summary>Steps that the sampler takes when it is asked for so many from M; can be a few more.</summary>
    public abstract int StepCount(int steps, int start);

    public void Write(string folder) =>
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, GetType(), Json) + "\n");

    /// <summary>The latents of one window: (C, T, h, w).</summary>
    public long[] LatentShape(int frames, int height, int width) => [LatentChannels, frames, height / SpatialScale, width / SpatialScale];

    /// <summary>About the most memory that a process takes for a render of that size, in bytes.</summary>
    /// <param name="folder">Where the files of weights are.</param>
    public long PeakBytes(RenderSize size, string folder) => Memory(WeightBytes(folder)).Bytes(size);

    private protected abstract MemoryEstimate Memory(long weightBytes);

    // Of an index, all that lies beside it; a file that is missing is told of when it is loaded.
    private long WeightBytes(string folder) => WeightFiles.SelectMany(file => file.EndsWith(".index.json", StringComparison.Ordinal)
            ? Directory.GetFiles(Path.GetDirectoryName(Path.Combine(folder, file))!, "*.safetensors")
            : [Path.Combine(folder, file)])
        .Sum(file => File.Exists(file) ? new FileInfo(file).Length : 0);

    /// <summary>The same, sampled in a mode.</summary>
    public abstract ModelManifest In(AnalyticInitMode mode);

    /// <summary>What does not fit together, each with its field and both sides.</summary>
    internal abstract IEnumerable<string> Errors();

    private protected IEnumerable<string> LoraFiles => Loras?.Select(lora => lora.File) ?? [];

    private protected IEnumerable<string> LoraErrors() => NamesBeside([.. LoraFiles.Select(file => ("loras.file", (string?)file))])
        .Concat((Loras ?? [])
        .Where(lora => !double.IsFinite(lora.Weight))
        .Select(lora => $"loras.weight: must be finite, got {lora.Weight} for {lora.File}"));

    // A manifest comes with a model from elsewhere: its files lie beside it, nowhere else.
    private protected static IEnumerable<string> NamesBeside(params (string Name, string? File)[] files) =>
        files.Where(entry => entry.File is { } file && (file.Length == 0 || file != Path.GetFileName(file) || file is "." or ".."))
            .Select(entry => $"{entry.Name}: must be the name of a file beside {FileName}, got '{entry.File}'");
}
