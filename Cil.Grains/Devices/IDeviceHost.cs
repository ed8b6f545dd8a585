namespace Cil.Grains.Devices;

/// <summary>The devices of this silo, by ordinal.</summary>
public interface IDeviceHost
{
    int Count { get; }

    /// <exception cref="ArgumentOutOfRangeException">There is no such device.</exception>
    IChunkRenderer Renderer(int ordinal);
}
