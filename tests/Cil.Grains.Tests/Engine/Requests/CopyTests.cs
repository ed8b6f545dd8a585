using Cil.Grains.Tests.Engine.Cluster;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Cil.Grains.Tests.Engine.Requests;

/// <summary>What travels is copied: caller and grain never share an object, unless both promise not to change it.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    private TestCluster cluster = null!;

    private IEchoGrain Grain => cluster.Grains.GetGrain<IEchoGrain>("echo");

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Arguments_ChangedByTheGrain_StayAsTheyWereForTheCaller()
    {
        List<int> mine = [1, 2];

        Assert.Equal(3, await Grain.Keep(mine));

        Assert.Equal([1, 2], mine);
    }

    [Fact]
    public async Task Results_ChangedByTheCaller_StayAsTheyWereForTheGrain()
    {
        _ = await Grain.Keep([7]);

        (await Grain.Kept()).Clear();

        Assert.Equal([7, 1], await Grain.Kept());
    }

    [Fact]
    public async Task ImmutableArguments_Arrive()
    {
        Assert.Equal(2, await Grain.KeepImmutable(new Immutable<List<int>>([4, 5])));
        Assert.Equal([4, 5], await Grain.Kept());
    }

    [Fact]
    public async Task MarkedTypes_TravelWithTheirNumberedMembersOnly()
    {
        var parcel = new Parcel { Name = "a", Items = ["first"], Local = "a secret" };

        Parcel back = await Grain.Send(parcel);

        Assert.Equal(["first"], parcel.Items);
        Assert.Equal(["first", "seen by echo, nothing beside it"], back.Items);
    }

    [Fact]
    public async Task ArraysMapsEnumsAndTuples_Travel() =>
        Assert.Equal(
            (12, "Friday"), await Grain.Tuple([1, 2, 3], new Dictionary<string, int?> { ["x"] = 6, ["none"] = null }, DayOfWeek.Friday));

    [Fact]
    public async Task CollectionExpressions_TravelAndTheirItemsAreCopied()
    {
        var parcel = new Parcel { Name = "a", Items = ["first"] };

        Assert.Equal(1, await Grain.Count([parcel]));
        Assert.Equal(2, await Grain.Count([parcel, parcel]));
        Assert.Equal(2, await Grain.Count([.. Enumerable.Repeat(parcel, 2)]));

        Assert.Equal(["first"], parcel.Items);
    }

    [Fact]
    public async Task Types_ThatNoSerializerKnows_AreRefused() =>
        await Assert.ThrowsAsync<CodecNotFoundException>(
            () => cluster.Grains.GetGrain<IUnmarkedGrain>("a").Take(new Unmarked { Number = 1 }));

    [Fact]
    public async Task Exceptions_KeepTheirTypeAndMessage()
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Grain.Throw("a reason"));

        Assert.Equal("a reason", error.Message);
    }

    [Fact]
    public async Task RequestContext_TravelsWithTheCallAndNotBack()
    {
        RequestContext.Set("trace", "17");

        Assert.Equal("17", await Grain.Context("trace"));
        Assert.Null(await Grain.Context("other"));
        RequestContext.Clear();
        Assert.Null(await Grain.Context("trace"));
    }
}
