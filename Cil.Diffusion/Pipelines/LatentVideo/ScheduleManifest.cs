using System.Text.Json.Serialization;
using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>The noise schedule as a manifest spells it.</summary>
public sealed record ScheduleManifest
{
    [JsonPropertyName("parameterization")] public Parameterization Parameterization { get; init; } = Parameterization.V;

    [JsonPropertyName("linear_start")] public double LinearStart { get; init; } = 0.00085;

    [JsonPropertyName("linear_end")] public double LinearEnd { get; init; } = 0.012;

    [JsonPropertyName("rescale_betas_zero_snr")] public bool ZeroTerminalSnr { get; init; } = true;

    /// <summary>End of the dynamic rescale, or null for none.</summary>
    [JsonPropertyName("base_scale")] public double? BaseScale { get; init; }

    /// <summary>Whether the last step's rescale ends at time 0, as VideoCrafter1's does.</summary>
    [JsonPropertyName("rescale_to_time_zero")] public bool RescaleToTimeZero { get; init; }

    public NoiseSchedule Build() => new(new ScheduleOptions
    {
        Parameterization = Parameterization,
        LinearStart = LinearStart,
        LinearEnd = LinearEnd,
        ZeroTerminalSnr = ZeroTerminalSnr,
        BaseScale = BaseScale,
        RescaleToTimeZero = RescaleToTimeZero,
    });
}
