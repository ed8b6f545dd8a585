namespace Cil.Diffusion.Samplers;

/// <summary>The numbers that fix a noise schedule; defaults are DynamiCrafter's 512 model (configs/inference_512_v1.0.yaml).</summary>
public sealed record ScheduleOptions
{
    public Parameterization Parameterization { get; init; } = Parameterization.V;

    public double LinearStart { get; init; } = 0.00085;

    public double LinearEnd { get; init; } = 0.012;

    public int Timesteps { get; init; } = 1000;

    /// <summary>Rescale so that the last step is pure noise (Lin et al., "Common diffusion noise schedules…", algorithm 1).</summary>
    public bool ZeroTerminalSnr { get; init; } = true;

    /// <summary>Where the dynamic rescale of x0 ends, or null for none.</summary>
    public double? BaseScale { get; init; } = 0.7;

    /// <summary>
    /// Where the last step's rescale ends: at time 0, where it is 1 (VideoCrafter1), or where it is already, at the first
    /// time of the grid (DynamiCrafter).
    /// </summary>
    public bool RescaleToTimeZero { get; init; }
}
