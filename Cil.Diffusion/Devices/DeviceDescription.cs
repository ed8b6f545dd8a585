namespace Cil.Diffusion.Devices;

/// <summary>A device that can run a model.</summary>
public sealed record DeviceDescription
{
    /// <summary>TorchSharp's name for it: cpu, cuda:0, …</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is a CUDA device.</summary>
    public required bool IsCuda { get; init; }

    /// <summary>Its number among the devices of its kind.</summary>
    public required int Ordinal { get; init; }

    /// <summary>What its maker calls it; null for a processor, or where that is not known.</summary>
    public string? Product { get; init; }

    /// <summary>Its whole memory in bytes, or null where that is not known.</summary>
    public required long? TotalBytes { get; init; }

    /// <summary>Its free memory in bytes when it was asked, or null where that is not known.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>Whether convolutions and matrix products in bfloat16 are faster than in float32; null where that is not known.</summary>
    public required bool? HasFastBFloat16 { get; init; }
}
