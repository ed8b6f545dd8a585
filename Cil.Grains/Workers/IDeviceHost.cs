namespace Cil.Grains.Workers;

/// <summary>The devices of this silo, by ordinal.</summary>
public interface IDeviceHost
{
    int Count { get; }

    /// <exception cref="ArgumentOutOfRangeException">There is no such device.</exception>
    IChunkRenderer Renderer(int ordinal);

    /// <summary>A device is lost to this process.</summary>
    /// <returns>Whether the silo leaves for that; else the device is tried again like any that fails.</returns>
    bool Lose(int ordinal, string reason);
}
