using Cil.Client.Jobs;
using Cil.Grains.Chunks;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Silo.Tests.Hosting;

/// <summary>The grid in one process with a real, small, random model: what a client sees, and that how a job is cut never shows.</summary>
public sealed class EmbeddedGridTests : IDisposable
{
    private const int Steps = 6;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-grid-").FullName;

    public static TheoryData<int, int, int> Cuts => new() { { 1, 1, 4 }, { 1, 6, 4 }, { 2, 2, 4 }, { 4, 1, 4 }, { 4, 5, 4 }, { 2, 4, 4 } };

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Render_HoweverItIsCutAndOnHoweverManyWorkers_GivesTheSameBytes(int devices, int stepsPerChunk, int framesPerDecode)
    {
        byte[] reference = await VideoAsync(
            "reference", devices: 1, new PlannerOptions { Threads = 1, StepsPerChunk = 3, FramesPerDecode = framesPerDecode });

        byte[] cut = await VideoAsync(
            "cut", devices, new PlannerOptions { Threads = 1, StepsPerChunk = stepsPerChunk, FramesPerDecode = framesPerDecode });

        Assert.Equal(reference, cut);
    }

    [Fact]
    public async Task Render_WithVideoCrafter1_MakesAVideoThatFollowsThePromptAndTheStartTime()
    {
        using var crafter = new TinyModel(TinyModel.VideoCrafter1);
        await using CilHost grid = await CilHost.StartEmbeddedAsync(
            new EmbeddedOptions
            {
                DataFolder = Path.Combine(data, "crafter"), ModelFolders = [crafter.Folder],
                Planning = new PlannerOptions { Threads = 1, StepsPerChunk = 2 },
            });
        RenderRequest request = Request with { Model = TinyModel.VideoCrafter1.Name, Steps = 7 };

        JobSnapshot[] ends = [.. await Task.WhenAll(
            new[] { request, request with { Prompt = "another thing" }, request with { Start = 940 } }
                .Select(async one => await EndAsync(grid.Client, (await grid.Client.SubmitAsync(one, Picture())).Id)))];

        Assert.All(ends, end => Assert.True(end.State == JobState.Completed, $"{end.Error}"));
        // 1000 / 7, rounded down, lays 8 times over the time there is: one more than was asked for. From an earlier M it is trailed back.
        Assert.Equal([8, 8, 7], ends.Select(end => end.Step));
        byte[][] videos = await Task.WhenAll(ends.Select(end => grid.Client.DownloadAsync(end.VideoBlob!)));
        Assert.All(videos, video => Assert.Equal("ftyp"u8.ToArray(), video[4..8]));
        Assert.Equal(3, videos.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task Render_WithStableVideoDiffusion_MakesTheSameVideoHoweverItIsCut()
    {
        using var svd = new TinySvd();
        RenderRequest request = Request with { Model = TinySvd.Name, Width = null, Height = null, Steps = 5 };

        byte[] whole = await VideoAsync("svd", 1, new PlannerOptions { Threads = 1, StepsPerChunk = 5 }, request, svd.Folder);
        byte[] cut = await VideoAsync(
            "svd-cut", 2, new PlannerOptions { Threads = 1, StepsPerChunk = 2, FramesPerDecode = 1 }, request, svd.Folder);
        byte[] earlier = await VideoAsync("svd-earlier", 1, new PlannerOptions { Threads = 1 }, request with { Start = 20 }, svd.Folder);

        Assert.Equal("ftyp"u8.ToArray(), whole[4..8]);
        // The model says how many frames are decoded together, not the planner's options: other cuts are other pixels.
        Assert.Equal(whole, cut);
        Assert.NotEqual(whole, earlier);
    }

    [Fact]
    public async Task Watch_ShowsStepsThatNeverGoBackAndEndsWithTheVideo()
    {
        await using CilHost grid = await StartAsync("watch", 1, new PlannerOptions { Threads = 1, StepsPerChunk = 2 });
        JobSnapshot job = await grid.Client.SubmitAsync(Request, Picture());

        var seen = new List<JobSnapshot>();
        await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(job.Id, Timeout())) seen.Add(snapshot);

        Assert.Equal(seen.Select(snapshot => snapshot.Step).Order(), seen.Select(snapshot => snapshot.Step));
        JobSnapshot last = seen[^1];
        Assert.True(last.State == JobState.Completed, $"{last.Error}");
        Assert.Equal((Steps, 4, 32, 32), (last.Step, last.FramesDecoded, last.Width, last.Height));
        Assert.Equal("ftyp"u8.ToArray(), (await grid.Client.DownloadAsync(last.VideoBlob!))[4..8]);
        Assert.Equal(0x89, (await grid.Client.DownloadAsync(last.PreviewBlob!))[0]);
        Assert.Equal(0x89, (await grid.Client.DownloadAsync(last.PosterBlob!))[0]);
        Assert.NotNull(last.FrameDifference);
        Assert.Empty(Directory.GetFiles(Path.Combine(data, "watch", "jobs", job.Id.Value), "*.safetensors", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Cancel_WhileItRuns_StopsTheJobWithinAStepAndLeavesTheNextOneAlone()
    {
        await using CilHost grid = await StartAsync("cancel", 1, new PlannerOptions { Threads = 1, StepsPerChunk = 1000 });
        JobSnapshot job = await grid.Client.SubmitAsync(Request with { Steps = 1000 }, Picture());
        JobSnapshot next = await grid.Client.SubmitAsync(Request, Picture());

        await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(job.Id, Timeout()))
        {
            if (snapshot.Step > 0) await grid.Client.CancelAsync(job.Id);
            job = snapshot;
        }

        Assert.Equal((JobState.Cancelled, JobError.Cancelled), (job.State, job.Error!.Code));
        Assert.True(job.Step < 1000);
        Assert.Equal(JobState.Completed, (await EndAsync(grid.Client, next.Id)).State);
        // A second time, and when it is over, nothing changes.
        await grid.Client.CancelAsync(job.Id);
        await grid.Client.CancelAsync(next.Id);
        Assert.Equal(JobState.Completed, (await grid.Client.GetAsync(next.Id))!.State);
    }

    [Fact]
    public async Task Cancel_BeforeTheJobIsKnown_HoldsWhenItComes()
    {
        await using CilHost grid = await StartAsync("early", 1, new PlannerOptions { Threads = 1 });
        var id = RenderJobId.New();
        await grid.Client.CancelAsync(id);

        JobSnapshot job = await grid.Client.SubmitAsync(Request, Picture(), id);

        Assert.Equal(JobState.Cancelled, job.State);
    }

    [Fact]
    public async Task Submit_WithTheSameId_IsTheSameJob()
    {
        await using CilHost grid = await StartAsync("again", 1, new PlannerOptions { Threads = 1 });
        var id = RenderJobId.New();
        JobSnapshot first = await grid.Client.SubmitAsync(Request with { Seed = null }, Picture(), id);

        JobSnapshot second = await grid.Client.SubmitAsync(Request with { Seed = null }, Picture(), id);

        Assert.Equal(first.Seed, second.Seed);
        Assert.Equal(first.CreatedAt, second.CreatedAt);
    }

    [Fact]
    public async Task Submit_WithFaults_ListsThemAllWithTheirFields()
    {
        await using CilHost grid = await StartAsync("faults", 1, new PlannerOptions { Threads = 1 });

        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => grid.Client.SubmitAsync(Request with { Frames = 0, Steps = 0, Container = "avi", Width = 33 }, Picture()));

        Assert.Equal(["container", "frames", "steps", "width"], error.Faults.Select(fault => fault.Field).Order());
    }

    [Fact]
    public async Task Submit_OfSomethingThatIsNoPicture_IsRefusedAndTheNextGoesOn()
    {
        await using CilHost grid = await StartAsync("picture", 1, new PlannerOptions { Threads = 1 });
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(
            () => grid.Client.SubmitAsync(Request, "no picture"u8.ToArray()));
        JobSnapshot good = await grid.Client.SubmitAsync(Request, Picture());

        Assert.Equal("image", Assert.Single(refused.Faults).Field);
        Assert.Equal(JobState.Completed, (await EndAsync(grid.Client, good.Id)).State);
    }

    [Fact]
    public async Task Restart_InTheMiddleOfAJob_GoesOnFromItsLastChunkAndEndsInTheSameBytes()
    {
        var planning = new PlannerOptions { Threads = 1, StepsPerChunk = 2 };
        RenderRequest request = Request with { Steps = 40 };
        byte[] whole = await VideoAsync("whole", 1, planning, request);
        RenderJobId id;
        int reached = 0;
        await using (CilHost grid = await StartAsync("stopped", 1, planning))
        {
            id = (await grid.Client.SubmitAsync(request, Picture())).Id;
            await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(id, Timeout()))
            {
                reached = snapshot.Step;
                if (reached >= 6) break;
            }
        }

        await using CilHost again = await StartAsync("stopped", 1, planning);
        JobSnapshot first = (await again.Client.GetAsync(id))!, end = await EndAsync(again.Client, id);

        Assert.True(first.Step >= reached - planning.StepsPerChunk, $"it had {reached} steps and went on from {first.Step}");
        Assert.True(end.State == JobState.Completed, $"{end.Error}");
        Assert.Equal(whole, await again.Client.DownloadAsync(end.VideoBlob!));
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = Steps, Seed = 5 };

    private static byte[] Picture()
    {
        byte[] rgb = new byte[40 * 36 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 5);
        return PngWriter.Write(rgb, 40, 36);
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(TimeLimit).Token;

    private static async Task<JobSnapshot> EndAsync(ICilClient client, RenderJobId id)
    {
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, Timeout())) last = snapshot;
        return last!;
    }

    private async Task<byte[]> VideoAsync(
        string name, int devices, PlannerOptions planning, RenderRequest? request = null, string? folder = null)
    {
        await using CilHost grid = await StartAsync(name, devices, planning, folder);
        JobSnapshot job = await grid.Client.SubmitAsync(request ?? Request, Picture());
        JobSnapshot end = await EndAsync(grid.Client, job.Id);
        Assert.True(end.State == JobState.Completed, $"{end.Error}");
        return await grid.Client.DownloadAsync(end.VideoBlob!);
    }

    private Task<CilHost> StartAsync(string name, int devices, PlannerOptions planning, string? folder = null) =>
        CilHost.StartEmbeddedAsync(
            new EmbeddedOptions
            {
                DataFolder = Path.Combine(data, name), ModelFolders = [folder ?? model.Folder], Devices = devices, Planning = planning,
            });
}
