using Cil.Grains.Tests.Engine.Cluster;
using Orleans.Hosting;
using Orleans.Storage;

namespace Cil.Grains.Tests.Engine.Storage;

/// <summary>State that outlives activations, guarded by its ETag.</summary>
public sealed class PersistentStateTests : IAsyncLifetime
{
    private TestCluster cluster = null!;

    private ICounterGrain Grain => cluster.Grains.GetGrain<ICounterGrain>("counter");

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo => silo.AddMemoryGrainStorage("second"));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task State_NeverWritten_IsEmptyAndDoesNotExist()
    {
        (int value, bool exists, string? etag) = await Grain.Read();

        Assert.Equal((0, false, null), (value, exists, etag));
    }

    [Fact]
    public async Task State_Written_IsThereForTheNextActivation()
    {
        Assert.Equal(3, await Grain.Add(3));
        Guid before = await Grain.Activation();
        await Grain.End();

        (int value, bool exists, string? etag) = await Grain.Read();

        Assert.NotEqual(before, await Grain.Activation());
        Assert.Equal((3, true), (value, exists));
        Assert.NotNull(etag);
    }

    [Fact]
    public async Task State_WrittenAgain_HasAnotherETag()
    {
        _ = await Grain.Add(1);
        string? first = (await Grain.Read()).ETag;
        _ = await Grain.Add(1);

        Assert.NotEqual(first, (await Grain.Read()).ETag);
    }

    [Fact]
    public async Task States_OfOneGrain_AreKeptApart()
    {
        _ = await Grain.Add(5);
        Assert.Equal(1, await Grain.Note("first"));
        Assert.Equal(2, await Grain.Note("second"));

        await Grain.Clear();

        Assert.Equal(3, await Grain.Note("third"));
        Assert.Equal((0, false), ((await Grain.Read()).Value, (await Grain.Read()).Exists));
    }

    [Fact]
    public async Task Write_AfterAnotherWriter_IsRefusedAndEndsTheActivation()
    {
        _ = await Grain.Add(1);
        Guid before = await Grain.Activation();

        await Assert.ThrowsAsync<InconsistentStateException>(Grain.WriteStale);

        // The next activation reads what the other writer stored.
        Assert.Equal(1000, (await Grain.Read()).Value);
        Assert.NotEqual(before, await Grain.Activation());
    }
}
