namespace Cil.Diffusion.Devices;

/// <summary>Tensor memory of a device, in bytes.</summary>
public sealed record MemoryStatistics
{
    /// <summary>In use by tensors now.</summary>
    public required long LiveBytes { get; init; }

    /// <summary>The most that was in use since the start or the last reset.</summary>
    public required long PeakLiveBytes { get; init; }

    /// <summary>Taken from the system: in use, or kept for the next tensor.</summary>
    public required long ReservedBytes { get; init; }

    /// <summary>The most that was taken from the system since the start or the last reset.</summary>
    public required long PeakReservedBytes { get; init; }

    /// <summary>Blocks handed out since the start.</summary>
    public required long Allocations { get; init; }

    /// <summary>Those of them for which the system had to be asked.</summary>
    public required long SystemAllocations { get; init; }
}
