using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Grains.Tests.Engine.Requests;

/// <summary>Cancellation tokens and async streams across a call.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private readonly Gates gates = new();
    private TestCluster cluster = null!;

    private IStreamGrain Grain => cluster.Grains.GetGrain<IStreamGrain>("stream");

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo => silo.Services.AddSingleton(gates));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Stream_GivesEveryValueInOrder()
    {
        var seen = new List<int>();
        await foreach (int value in Grain.Count(250)) seen.Add(value);

        Assert.Equal(Enumerable.Range(0, 250), seen);
    }

    [Fact]
    public async Task Stream_ThatFails_GivesWhatCameBeforeAndThenTheError()
    {
        var seen = new List<int>();

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (int value in Grain.FailAfter(3)) seen.Add(value);
        });

        Assert.Equal("the source has run dry", error.Message);
        Assert.Equal([0, 1, 2], seen);
    }

    [Fact]
    public async Task Stream_LeftEarly_EndsAtTheGrain()
    {
        await foreach (int value in Grain.Endless())
        {
            if (value == 5) break;
        }

        await gates.Passed("the stream has ended");
    }

    [Fact]
    public async Task Stream_Cancelled_EndsAtBothSides()
    {
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int value in Grain.Endless(cancel.Token))
            {
                if (value == 5) await cancel.CancelAsync();
            }
        });

        await gates.Passed("the stream has ended");
    }

    [Fact]
    public async Task Stream_WhileItIsRead_LeavesTheGrainToOthers()
    {
        await foreach (int value in Grain.Endless())
        {
            Assert.False(await Grain.IsCancelled(CancellationToken.None));
            if (value == 3) break;
        }
    }

    [Fact]
    public async Task Token_CancelledWhileTheCallRuns_ReachesTheGrain()
    {
        using var cancel = new CancellationTokenSource();
        Task call = Grain.Wait(cancel.Token);
        await gates.Passed("waiting");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await gates.Passed("cancelled");
    }

    [Fact]
    public async Task Token_CancelledBefore_StopsTheCall() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain.Wait(new CancellationToken(canceled: true)));
}
