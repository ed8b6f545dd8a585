using Cil.Client.Jobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>Priorities that change while jobs wait, and what is told of a job's chunks. The test plays the workers.</summary>
public sealed class JobPriorityTests : IAsyncLifetime
{
    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task SetPriority_WhileJobsWait_PutsTheYoungerOneFirst()
    {
        RenderJobId older = await grid.SubmitAsync("priority");
        grid.Clock.Advance(TimeSpan.FromSeconds(1));
        RenderJobId younger = await grid.SubmitAsync("priority");
        Assert.Equal((0, 1), ((await grid.Client.GetAsync(older))!.QueuePosition, (await grid.Client.GetAsync(younger))!.QueuePosition));

        JobSnapshot moved = (await grid.Client.SetPriorityAsync(younger, 3))!;

        Assert.Equal((3, 0), (moved.Priority, moved.QueuePosition));
        Assert.Equal(1, (await grid.Client.GetAsync(older))!.QueuePosition);
        Assert.Equal(younger, (await grid.TakeAsync("a/0", "priority"))!.Job);
    }

    [Fact]
    public async Task SetPriority_LeavesTheRequestAsItCame()
    {
        var id = new RenderJobId("again");
        RenderRequest request = Sample.Request with { Model = "priority-again" };
        _ = await grid.Client.SubmitAsync(request, new byte[] { 1, 2, 3 }, id);
        _ = await grid.Client.SetPriorityAsync(id, -4);

        Assert.Equal(-4, (await grid.Client.SubmitAsync(request, new byte[] { 1, 2, 3 }, id)).Priority);
    }

    [Fact]
    public async Task SetPriority_OfAFinishedOrUnknownJobOrOutOfRange_ChangesNothing()
    {
        RenderJobId id = await grid.SubmitAsync("priority-over");
        await grid.Client.CancelAsync(id);

        Assert.Equal(0, (await grid.Client.SetPriorityAsync(id, 5))!.Priority);
        Assert.Null(await grid.Client.SetPriorityAsync(new RenderJobId("nobody"), 5));
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => grid.Client.SetPriorityAsync(id, 101));
        Assert.Equal(new RequestError("priority", "-100 to 100, got 101"), Assert.Single(refused.Faults));
    }

    [Fact]
    public async Task Details_TellOfEachChunkHowItStands()
    {
        RenderJobId id = await grid.SubmitAsync("details");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "details"))!;
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        ChunkLease.Render second = (await grid.TakeAsync("a/0", "details"))!;
        _ = await grid.Job(id).HeartbeatAsync(second.Chunk.Index, second.Epoch, 1);

        JobDetails details = (await grid.Job(id).DetailsAsync())!;

        Assert.Equal("details", details.Request.Model);
        ChunkProgress done = details.Chunks[first.Chunk.Index], running = details.Chunks[second.Chunk.Index];
        Assert.Equal((done.Count, null), (done.Done, done.Worker));
        Assert.Equal((1, "a/0"), (running.Done, running.Worker));
        Assert.All(details.Chunks.Skip(2), chunk => Assert.Equal((0, null), (chunk.Done, chunk.Worker)));
        Assert.Null(await grid.Job(new RenderJobId("nobody")).DetailsAsync());
    }
}
