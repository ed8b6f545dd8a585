using Cil.Grains.Workers;

namespace Cil.Benchmarks.Scale;

/// <summary>Devices that sleep.</summary>
internal sealed class SleepingDevices(IReadOnlyList<SleepingRenderer> renderers) : IDeviceHost
{
    public int Count => renderers.Count;

    public IChunkRenderer Renderer(int ordinal) => renderers[ordinal];

    public bool Lose(int ordinal, string reason) => false;
}
