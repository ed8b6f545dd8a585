using Cil.Grains.Devices;

namespace Cil.Grains.Tests.Grid;

/// <summary>Devices that render what the test tells them to.</summary>
internal sealed class FakeDevices(IReadOnlyList<FakeRenderer> renderers) : IDeviceHost
{
    public int Count => renderers.Count;

    public IChunkRenderer Renderer(int ordinal) => renderers[ordinal];
}
