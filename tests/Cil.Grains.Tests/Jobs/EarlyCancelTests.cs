using Cil.Client.Jobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>A job can be cancelled before it is known; of ids that never become jobs only so much is stored, and not for ever.</summary>
public sealed class EarlyCancelTests : IAsyncLifetime
{
    private static readonly byte[] Image = [1, 2, 3];

    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Cancel_OfMoreUnknownJobsThanMayBe_IsRefusedAndStoresNothing()
    {
        grid.Retention.MaxEarlyCancels = 2;
        RenderJobId[] early = [RenderJobId.New(), RenderJobId.New()];
        foreach (RenderJobId id in early) await grid.Client.CancelAsync(id);
        List<string> before = await grid.AllBlobsAsync();

        _ = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.CancelAsync(RenderJobId.New()));

        Assert.Equal(before, await grid.AllBlobsAsync());
        // The same again is no other one, and jobs that are known can always be cancelled.
        await grid.Client.CancelAsync(early[0]);
        RenderJobId known = await grid.SubmitAsync("known");
        await grid.Client.CancelAsync(known);
        Assert.Equal(JobState.Cancelled, (await grid.Client.GetAsync(known))!.State);
        // One that is deleted makes room.
        Assert.True(await grid.Client.DeleteAsync(early[1]));
        await grid.Client.CancelAsync(RenderJobId.New());
    }

    [Fact]
    public async Task Cancel_OfAnUnknownJob_HoldsAfterARestartAndIsForgottenAfterItsTime()
    {
        var id = RenderJobId.New();
        await grid.Client.CancelAsync(id);
        await grid.RestartAsync();
        grid.Clock.Advance(grid.Retention.KeepEarlyCancels / 2);
        Assert.Equal(JobState.Cancelled, (await grid.Client.SubmitAsync(Sample.Request, Image, id)).State);

        CancellationToken timeout = TestGrid.Timeout();
        grid.Clock.Advance(grid.Retention.KeepEarlyCancels / 2);
        while ((await grid.AllBlobsAsync()).Count > 0)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }

        Assert.Null(await grid.Client.GetAsync(id));
    }
}
