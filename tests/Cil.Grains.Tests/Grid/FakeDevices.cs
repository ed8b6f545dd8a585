using System.Collections.Concurrent;
using Cil.Grains.Workers;

namespace Cil.Grains.Tests.Grid;

/// <summary>Devices that render what the test tells them to.</summary>
internal sealed class FakeDevices(IReadOnlyList<FakeRenderer> renderers) : IDeviceHost
{
    private readonly ConcurrentQueue<int> lost = new();

    public int Count => renderers.Count;

    /// <summary>Whether the silo leaves when a device is lost.</summary>
    internal bool Leaves { get; set; }

    /// <summary>Devices that workers have told of as lost.</summary>
    internal IReadOnlyCollection<int> Lost => lost;

    internal IReadOnlyList<FakeRenderer> Renderers => renderers;

    public IChunkRenderer Renderer(int ordinal) => renderers[ordinal];

    public bool Lose(int ordinal, string reason)
    {
        lost.Enqueue(ordinal);
        return Leaves;
    }
}
