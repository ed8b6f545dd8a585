using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>A model of DynamiCrafter or VideoCrafter1: the networks' sizes under the originals' names, and how to sample.</summary>
public sealed record LvdmManifest : ModelManifest
{
    internal const int Times = 1000;

    /// <summary>Latents are multiplied by it after encoding and divided before decoding.</summary>
    [JsonPropertyName("scale_factor")] public double ScaleFactor { get; init; } = 0.18215;

    [JsonPropertyName("schedule")] public ScheduleManifest Schedule { get; init; } = new();

    [JsonPropertyName("sampling")] public LvdmSampling Sampling { get; init; } = new();

    [JsonPropertyName("unet")] public required UNetConfig UNet { get; init; }

    [JsonPropertyName("autoencoder")] public required AutoencoderManifest Autoencoder { get; init; }

    [JsonPropertyName("resampler")] public required ResamplerConfig Resampler { get; init; }

    [JsonPropertyName("open_clip")] public required OpenClipConfig OpenClip { get; init; }

    /// <summary>Which frame of a clip it is fine-tuned to be told.</summary>
    [JsonPropertyName("condition_frame"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ConditionFrame ConditionFrame { get; init; }

    /// <summary>
    /// Whether the number that the network is told is the stride between frames, not frames a second (DynamiCrafter's model
    /// of 256 pixels).
    /// </summary>
    [JsonPropertyName("fps_is_stride"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FpsIsStride { get; init; }

    [JsonPropertyName("files")] public ModelFiles Files { get; init; } = new();

    [JsonIgnore] public override IReadOnlyList<string> WeightFiles => [Files.Weights, .. LoraFiles];

    [JsonIgnore] public override string? StatisticsFile => Files.Statistics;

    [JsonIgnore] public override SamplingDefaults Defaults => Sampling;

    [JsonIgnore] public override int HighestStart => Times;

    [JsonIgnore] public override int SpatialScale => Autoencoder.Config.SpatialScale;

    [JsonIgnore] public override int SizeMultiple => SpatialScale << (UNet.ChannelMult.Count - 1);

    [JsonIgnore] public override long LatentChannels => Autoencoder.EmbedDim;

    /// <summary>Whether the picture's latent stands beside the noisy one in the network's input.</summary>
    [JsonIgnore] public bool ConcatenatesImage => Family != FamilyName.VideoCrafter1;

    public override int StepCount(int steps, int start) => Timesteps(Sampling.Spacing, steps, start, Sampling.Mode).Length;

    public override (double Signal, double Noise) Marginal(int start)
    {
        NoiseSchedule schedule = Schedule.Build();
        double signal = schedule.AlphasCumprod[start - 1];
        return (Math.Sqrt(signal) * schedule.Scale[start - 1], Math.Sqrt(1 - signal));
    }

    /// <summary>The times of a run from M, ascending.</summary>
    /// <param name="guidesApart">Whether picture and words are guided apart.</param>
    internal int[] Timesteps(TimestepSpacing spacing, int steps, int start, AnalyticInitMode mode, bool guidesApart = false)
    {
        // The published sampler for guidance apart lays its grid over all times, whatever M is (ddim_multiplecond.py).
        // So does VideoCrafter1's sampler always (ddim_videocrafter.py).
        if (mode == AnalyticInitMode.RepoCompat && (guidesApart || Family == FamilyName.VideoCrafter1)) start = Times;
        // Uniform strides would not begin at M - 1, which the starting Gaussian is for, and be more than were asked for.
        return DdimGrid.Timesteps(start < Times ? TimestepSpacing.UniformTrailing : spacing, steps, start);
    }

    public override ModelManifest In(AnalyticInitMode mode) => this with { Sampling = Sampling with { Mode = mode } };

    private protected override MemoryEstimate Memory(long weightBytes) => new(
        UNet.ModelChannels * UNet.ChannelMult.Take(2).Sum() / 2,
        Autoencoder.Config.Ch * Autoencoder.Config.ChMult.Take(2).Max(), SpatialScale, weightBytes);

    internal static LvdmManifest Read(JsonElement json) => json.Deserialize<LvdmManifest>(Json)!;

    internal override IEnumerable<string> Errors() =>
        LvdmErrors.Of(this)
            .Concat(NamesBeside(("files.weights", Files.Weights), ("files.merges", Files.Merges), ("files.statistics", Files.Statistics)))
            .Concat(LoraErrors());
}
