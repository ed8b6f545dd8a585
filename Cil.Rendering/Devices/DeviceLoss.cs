using Microsoft.Extensions.Hosting;

namespace Cil.Rendering.Devices;

/// <summary>
/// What a service does about a device that computes no more in this process: it drains and ends, so that its supervisor starts
/// a fresh one. A CUDA context that an error has spoilt cannot be healed from inside.
/// </summary>
public sealed class DeviceLoss(IHostApplicationLifetime lifetime)
{
    private volatile string? reason;

    /// <summary>Which device, and why; null while all are well.</summary>
    public string? Reason => reason;

    internal void Tell(int ordinal, string why)
    {
        reason ??= $"device {ordinal}: {why}";
        lifetime.StopApplication();
    }
}
