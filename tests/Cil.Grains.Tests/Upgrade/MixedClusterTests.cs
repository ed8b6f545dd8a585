using System.Text;
using Cil.Client.Jobs;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Grains.Versions;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Grains.Tests.Upgrade;

/// <summary>While silos of a version before are in the cluster, nothing is stored or sent in a form that those cannot read.</summary>
public sealed class MixedClusterTests : IAsyncLifetime, IClusterFormat
{
    private const string Model = "long";

    private TestGrid grid = null!;

    // A silo of the first version is there.
    public int Common { get; private set; }

    public async Task InitializeAsync() =>
        grid = await TestGrid.StartAsync(devices: 0, services => services.AddSingleton<IClusterFormat>(this));

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Job_OfManyChunks_IsStoredAndHandedOutAsVersionsBeforeReadIt_UntilTheyAreGone()
    {
        JobSnapshot job = await grid.Client.SubmitAsync(Sample.Request with { Model = Model, Steps = 300 }, new byte[] { 1 });
        ChunkLease.Render mixed = (await grid.TakeAsync("a/0", Model))!;
        await grid.ReportAsync(mixed, await grid.StoreAsync(mixed));
        string before = await StoredAsync(job.Id);

        Common = GridFormat.Latest;
        ChunkLease.Render later = (await grid.TakeAsync("a/0", Model))!;
        await grid.ReportAsync(later, await grid.StoreAsync(later));
        string after = await StoredAsync(job.Id);

        Assert.Equal(102, mixed.Plan.Chunks.Count);
        Assert.Empty(later.Plan.Chunks);
        Assert.DoesNotContain("\"Runs\"", before, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Times\"", before, StringComparison.Ordinal);
        Assert.Contains("\"Runs\"", after, StringComparison.Ordinal);
        Assert.Contains("\"Times\"", after, StringComparison.Ordinal);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(job.Id, Model)).State);
    }

    [Fact]
    public async Task Job_WithWhatVersionsBeforeWouldLeaveOut_WaitsUntilTheyAreGone()
    {
        RenderRequest request = Sample.Request with { Model = Model, Quality = RenderQuality.Fast };
        QueueFullException busy = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.SubmitAsync(request, new byte[] { 1 }));
        Assert.StartsWith("quality: silos of a version that renders without", busy.Message, StringComparison.Ordinal);

        Common = GridFormat.Latest;

        Assert.Equal(JobState.Queued, (await grid.Client.SubmitAsync(request, new byte[] { 1 })).State);
    }

    private async Task<string> StoredAsync(RenderJobId id) =>
        Encoding.UTF8.GetString((await grid.Blobs.GetAsync($"state/job/{id}.json"))!.Content.Span);
}
