namespace Cil.Rendering.Hosting;

/// <summary>More devices are asked for than libtorch sees.</summary>
public sealed class DeviceCountException(int available, int asked)
    : Exception($"Devices: 1 to {available}, as libtorch sees so many GPUs here; got {asked}");
