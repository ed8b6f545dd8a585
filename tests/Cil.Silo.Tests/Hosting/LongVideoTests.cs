using System.Security.Cryptography;
using Cil.Grains.Chunks;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Silo.Tests.Hosting;

/// <summary>
/// Videos of several windows, and guidance in two halves, on the grid in one process: how they are cut and who renders what
/// never shows.
/// </summary>
public sealed class LongVideoTests : IDisposable
{
    private const int Frames = 14;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-long-").FullName;
    private int grids;

    [Theory]
    [InlineData(WindowMode.Continue)]
    [InlineData(WindowMode.Overlap)]
    public async Task Render_OfALongVideo_GivesTheSameBytesHoweverItIsCutAndOnHoweverManyWorkers(WindowMode joining)
    {
        RenderRequest request = Request with { Frames = Frames, Joining = joining };
        string reference = await VideoAsync(1, Planning(3), request);

        Assert.Equal(reference, await VideoAsync(2, Planning(2), request));
        Assert.Equal(reference, await VideoAsync(4, Planning(1), request));
        Assert.Equal(reference, await VideoAsync(1, Planning(3), request with { SplitGuidance = true }));
        Assert.Equal(reference, await VideoAsync(4, Planning(3), request with { SplitGuidance = true }));
    }

    [Fact]
    public async Task Render_WithGuidanceInHalves_GivesTheBytesOfTheWhole() => Assert.Equal(
        await VideoAsync(1, Planning(3), Request), await VideoAsync(2, Planning(3), Request with { SplitGuidance = true }));

    [Theory]
    [InlineData(WindowMode.Continue)]
    [InlineData(WindowMode.Overlap)]
    public async Task Render_OfALongVideoWithStableVideoDiffusion_GivesTheSameBytesOnSeveralWorkers(WindowMode joining)
    {
        using var svd = new TinySvd();
        RenderRequest request = Request with
        {
            Model = TinySvd.Name,
            Width = null,
            Height = null,
            Frames = 9,
            Joining = joining,
            Steps = 3,
            Guidance = 2,
        };

        Assert.Equal(
            await VideoAsync(1, Planning(3), request, svd.Folder),
            await VideoAsync(2, Planning(2), request with { SplitGuidance = true }, svd.Folder));
    }

    // Whole steps are those of numbers that three divides, however the steps are cut into chunks.
    [Fact]
    public async Task Render_OfFastQuality_IsAnotherVideo_TheSameHoweverItIsCutAndOnHoweverManyWorkers()
    {
        RenderRequest request = Request with { Frames = Frames, Steps = 7, Quality = RenderQuality.Fast };
        string reference = await VideoAsync(1, Planning(3), request);

        Assert.Equal(reference, await VideoAsync(2, Planning(1), request));
        Assert.Equal(reference, await VideoAsync(1, Planning(5), request));
        Assert.NotEqual(reference, await VideoAsync(1, Planning(3), request with { Quality = RenderQuality.Full }));
    }

    [Fact]
    public async Task Render_WithTheTwoJoinings_BeginsAlikeAndGoesOnDifferently()
    {
        string joined = await VideoAsync(1, Planning(3), Request with { Frames = Frames }),
            blended = await VideoAsync(1, Planning(3), Request with { Frames = Frames, Joining = WindowMode.Overlap });
        string wider = await VideoAsync(1, Planning(3), Request with { Frames = Frames, Joining = WindowMode.Overlap, Overlap = 3 });

        Assert.Equal(3, new[] { joined, blended, wider }.Distinct().Count());
    }

    [Fact]
    public async Task Watch_OfALongVideo_CountsTheStepsOfAllWindows()
    {
        await using CilHost grid = await StartAsync(2, Planning(3));
        JobSnapshot job = await grid.Client.SubmitAsync(
            Request with { Frames = Frames, Joining = WindowMode.Overlap, SplitGuidance = true }, Picture());

        var seen = new List<JobSnapshot>();
        await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(job.Id, Timeout())) seen.Add(snapshot);

        Assert.True(seen[^1].State == JobState.Completed, $"{seen[^1].Error}");
        // Frames 0 to 13 in windows of 4 that share at least one: 5, of 4 steps in two halves.
        Assert.Equal((40, 40, Frames, Frames), (seen[^1].Step, seen[^1].Steps, seen[^1].FramesDecoded, seen[^1].Frames));
        Assert.Equal(0x89, (await grid.Client.DownloadAsync(seen[^1].PreviewBlob!))[0]);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 4, Seed = 5 };

    // Frames decoded together are part of what rounding depends on: the same in all.
    private static PlannerOptions Planning(int stepsPerChunk) => new() { Threads = 1, StepsPerChunk = stepsPerChunk, FramesPerDecode = 3 };

    private static byte[] Picture()
    {
        byte[] rgb = new byte[40 * 36 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 5);
        return PngWriter.Write(rgb, 40, 36);
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(TimeLimit).Token;

    private async Task<string> VideoAsync(int devices, PlannerOptions planning, RenderRequest request, string? folder = null)
    {
        await using CilHost grid = await StartAsync(devices, planning, folder);
        return Convert.ToHexString(SHA256.HashData(await VideoAsync(grid, request)));
    }

    private static async Task<byte[]> VideoAsync(CilHost grid, RenderRequest request)
    {
        JobSnapshot? end = await grid.Client.SubmitAsync(request, Picture());
        await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(end.Id, Timeout())) end = snapshot;
        Assert.True(end.State == JobState.Completed, $"{end.Error}");
        return await grid.Client.DownloadAsync(end.VideoBlob!);
    }

    private Task<CilHost> StartAsync(int devices, PlannerOptions planning, string? folder = null) => CilHost.StartEmbeddedAsync(
        new EmbeddedOptions
        {
            DataFolder = Path.Combine(data, $"{grids++}"), ModelFolders = [folder ?? model.Folder], Devices = devices, Planning = planning,
        });
}
