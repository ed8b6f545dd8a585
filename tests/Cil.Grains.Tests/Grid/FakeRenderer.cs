using System.Threading.Channels;
using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Tests.Grid;

/// <summary>A device that hands every chunk it is given to the test, which says how it goes.</summary>
internal sealed class FakeRenderer : IChunkRenderer
{
    private readonly Channel<FakeChunk> calls = Channel.CreateUnbounded<FakeChunk>();
    private readonly List<FakeChunk> all = [];

    /// <summary>Models that it takes; a test puts its own in.</summary>
    internal List<string> Takes { get; } = [];

    public IReadOnlyList<string> Models => Takes;

    public Task<ChunkResult> RenderAsync(ChunkLease lease, IChunkProgress progress, CancellationToken cancellationToken)
    {
        var chunk = new FakeChunk((ChunkLease.Render)lease, progress, cancellationToken);
        all.Add(chunk);
        Assert.True(calls.Writer.TryWrite(chunk));
        return chunk.Result;
    }

    /// <summary>Takes no more and ends what a broken-off test has left, so that the worker can drain.</summary>
    internal void Close()
    {
        Takes.Clear();
        foreach (FakeChunk chunk in all.ToList()) chunk.TryEnd();
    }

    /// <summary>The next chunk that the worker brings.</summary>
    internal async Task<FakeChunk> NextAsync() => await calls.Reader.ReadAsync(TestGrid.Timeout());

    /// <summary>Whether the worker has brought a chunk that nobody has looked at.</summary>
    internal bool HasNext => calls.Reader.TryPeek(out _);
}
