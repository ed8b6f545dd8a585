using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Workers;

/// <summary>How a worker feeds its device. The test is the device.</summary>
public sealed class GpuWorkerTests : IAsyncLifetime
{
    private TestGrid grid = null!;

    private FakeRenderer Device => grid.Devices[0];

    public async Task InitializeAsync()
    {
        grid = await TestGrid.StartAsync(devices: 1);
        Device.Takes.Add("m");
    }

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Worker_BringsTheNextChunkWhenTheOneBeforeIsAtItsEndAndNotEarlier()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk first = await Device.NextAsync();
        await grid.Worker(0).WakeAsync();
        Assert.False(Device.HasNext);

        first.Ending();
        FakeChunk second = await Device.NextAsync();

        Assert.Equal(
            (first.Lease.Chunk.Index + 1, first.Lease.OutputBlob), (second.Lease.Chunk.Index, Assert.Single(second.Lease.SourceBlobs)));
        Assert.Equal(0, (await grid.Client.GetAsync(id))!.Step);
        await grid.Client.CancelAsync(id);
        await EndAsync(first, second);
    }

    [Fact]
    public async Task Worker_HasAtMostThreeChunksAssigned()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk storing = await Device.NextAsync();
        storing.Ending();
        FakeChunk computing = await Device.NextAsync();
        computing.Ending();
        FakeChunk ready = await Device.NextAsync();
        ready.Ending();
        await grid.Worker(0).WakeAsync();

        Assert.False(Device.HasNext);
        await grid.Client.CancelAsync(id);
        await EndAsync(storing, computing, ready);
    }

    [Fact]
    public async Task Job_RenderedByAWorkerThatIsAlwaysAChunkAhead_Completes()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        for (int index = 0; index < Sample.Plan.Chunks.Count; index++)
        {
            FakeChunk chunk = await Device.NextAsync();
            chunk.Ending();
            chunk.End(await grid.StoreAsync(chunk.Lease));
        }

        Assert.Equal(JobState.Completed, (await grid.EndAsync(id)).State);
    }

    [Fact]
    public async Task Cancel_StopsTheChunkOnTheDeviceWithoutWaitingForItsSignOfLife()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk chunk = await Device.NextAsync();

        // No time passes: no sign of life is sent.
        await grid.Client.CancelAsync(id);

        await chunk.Stopped.WaitAsync(TestGrid.Timeout());
        await EndAsync(chunk);
    }

    [Fact]
    public async Task SignOfLife_TellsTheStepsDone()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk chunk = await Device.NextAsync();

        chunk.Done(2);
        grid.Clock.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(2, (await grid.UntilAsync(id, snapshot => snapshot.Step > 0)).Step);
        await grid.Client.CancelAsync(id);
        await EndAsync(chunk);
    }

    [Fact]
    public async Task Drain_StopsTheChunkAssignedAndTakesNoMore()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk chunk = await Device.NextAsync();

        Task<bool> drained = grid.Worker(0).DrainAsync();
        await chunk.Stopped.WaitAsync(TestGrid.Timeout());
        Assert.False(drained.IsCompleted);
        chunk.End(new ChunkResult.Stopped());

        Assert.True(await drained);
        await grid.Worker(0).WakeAsync();
        Assert.False(Device.HasNext);
        // Another worker finds it where it was.
        Assert.Equal(chunk.Lease.Chunk.Index, (await grid.TakeAsync("other/0", "m"))!.Chunk.Index);
        await grid.Client.CancelAsync(id);
    }

    [Fact]
    public async Task Drain_OfAStepThatTakesLongerThanACallMay_SaysThatItIsNotFree()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk chunk = await Device.NextAsync();
        Task<bool> drained = grid.Worker(0).DrainAsync();
        await chunk.Stopped.WaitAsync(TestGrid.Timeout());

        grid.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await drained);
        chunk.End(new ChunkResult.Stopped());
        Assert.True(await grid.Worker(0).DrainAsync());
        await grid.Client.CancelAsync(id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worker_ThatHasLostItsDevice_TakesNoMoreWhereItsSiloLeaves(bool leaves)
    {
        grid.DeviceHost.Leaves = leaves;
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk chunk = await Device.NextAsync();

        chunk.End(new ChunkResult.Failed(new JobError(JobError.DeviceLost, "an illegal memory access", Retryable: true)));

        if (leaves)
        {
            // Another silo's worker finds the chunk where it was.
            ChunkLease.Render? again = null;
            while (again is null) again = await grid.TakeAsync("other/0", "m");
            Assert.Equal(chunk.Lease.Chunk.Index, again.Chunk.Index);
            await grid.Worker(0).WakeAsync();
            Assert.False(Device.HasNext);
            await grid.Client.CancelAsync(id);
        }
        else
        {
            FakeChunk again = await NextAfterAFailureAsync();
            Assert.Equal(chunk.Lease.Chunk.Index, again.Lease.Chunk.Index);
            await grid.Client.CancelAsync(id);
            await EndAsync(again);
        }

        Assert.Equal(0, Assert.Single(grid.DeviceHost.Lost));
    }

    [Fact]
    public async Task Job_WhoseDeviceIsLostTimeAndAgain_FailsWithThatReason()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        for (int attempt = 0; attempt < TestGrid.Leasing.MaxAttempts; attempt++)
        {
            FakeChunk chunk = attempt == 0 ? await Device.NextAsync() : await NextAfterAFailureAsync();
            chunk.End(new ChunkResult.Failed(new JobError(JobError.DeviceLost, "an illegal memory access", Retryable: true)));
        }

        JobSnapshot end = await grid.EndAsync(id);

        Assert.Equal((JobState.Failed, JobError.DeviceLost), (end.State, end.Error!.Code));
    }

    [Fact]
    public async Task Worker_KnowsWhatItHolds()
    {
        RenderJobId id = await grid.SubmitAsync("m");
        FakeChunk chunk = await Device.NextAsync();

        Assert.True(await grid.Worker(0).HoldsAsync(id, chunk.Lease.Chunk.Index, chunk.Lease.Epoch));
        Assert.False(await grid.Worker(0).HoldsAsync(id, chunk.Lease.Chunk.Index, chunk.Lease.Epoch - 1));
        Assert.False(await grid.Worker(0).HoldsAsync(RenderJobId.New(), chunk.Lease.Chunk.Index, chunk.Lease.Epoch));
        await grid.Client.CancelAsync(id);
        await EndAsync(chunk);
    }

    // Others would go first for a while, if there were any.
    private async Task<FakeChunk> NextAfterAFailureAsync()
    {
        Task<FakeChunk> next = Device.NextAsync();
        while (!next.IsCompleted)
        {
            grid.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, Task.Delay(20));
        }

        return await next;
    }

    // A device ends what it was asked to stop.
    private static async Task EndAsync(params FakeChunk[] chunks)
    {
        foreach (FakeChunk chunk in chunks)
        {
            await chunk.Stopped.WaitAsync(TestGrid.Timeout());
            chunk.End(new ChunkResult.Stopped());
        }
    }
}
