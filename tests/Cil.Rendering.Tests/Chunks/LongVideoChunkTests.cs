using Cil.Diffusion.Checkpoints;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Workers;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Rendering.Chunks;
using Cil.Rendering.Models;
using Cil.Rendering.Statistics;
using Cil.Storage;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Rendering.Tests.Chunks;

/// <summary>The chunks of a long video on the renderer itself, and what their blobs hold.</summary>
public sealed class LongVideoChunkTests : IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-chunks-").FullName;
    private readonly FileBlobStore blobs;

    public LongVideoChunkTests() => blobs = new FileBlobStore(data);

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task Predict_OfWindowsThatOverlap_HasTheSameBitsInTheFramesThatTheyShare(int overlap, bool split)
    {
        RenderPlan plan = await RenderAsync(
            Request with { Frames = 9, Joining = WindowMode.Overlap, Overlap = overlap, SplitGuidance = split });

        int shared = 0;
        foreach (int step in Enumerable.Range(0, plan.Steps))
        {
            Chunk[] chunks = [.. plan.Chunks.Where(
                chunk => chunk.Kind == ChunkKind.Predict && chunk.First == step && chunk.Branch != GuidanceBranch.Unconditional)];
            foreach ((Chunk one, Chunk other) in chunks.SelectMany(
                one => chunks.Where(other => other.Window > one.Window).Select(other => (one, other))))
            {
                (FrameWindow a, FrameWindow b) = (plan.Windows[one.Window], plan.Windows[other.Window]);
                int count = a.First + a.Count - b.First;
                if (count <= 0) continue;
                Assert.Equal(await LatentsAsync(plan, one, b.First - a.First, count), await LatentsAsync(plan, other, 0, count));
                shared++;
            }
        }

        Assert.True(shared >= plan.Steps * (plan.Windows.Count - 1), $"{shared} pairs of windows share frames");
    }

    [Fact]
    public async Task Decode_OfWindowsThatContinue_BeginsAsTheShortVideoAndShowsTheSharedFrameOnce()
    {
        byte[] shorter = await FramesAsync(await RenderAsync(Request)),
            longer = await FramesAsync(await RenderAsync(Request with { Frames = 9 }));

        Assert.Equal(9 * 32 * 32 * 3, longer.Length);
        Assert.Equal(shorter, longer[..shorter.Length]);
    }

    [Fact]
    public async Task Render_WithOtherControlsOfMotion_GivesOtherFrames()
    {
        byte[] plain = await FramesAsync(await RenderAsync(Request)),
            again = await FramesAsync(await RenderAsync(Request with { FpsCondition = 24 }));
        byte[] slower = await FramesAsync(await RenderAsync(Request with { FpsCondition = 3 })),
            guided = await FramesAsync(await RenderAsync(Request with { ImageGuidance = 4 })),
            lowPassed = await FramesAsync(await RenderAsync(Request with { Motion = 0.6 })),
            longer = await FramesAsync(await RenderAsync(Request with { Motion = 0.6, MotionShare = 1 }));

        // What the model is told anyway.
        Assert.Equal(24, TinyModel.Manifest.Sampling.Fps);
        Assert.Equal(plain, again);
        Assert.NotEqual(plain, slower);
        Assert.NotEqual(plain, guided);
        Assert.NotEqual(plain, lowPassed);
        Assert.NotEqual(lowPassed, longer);
    }

    [Fact]
    public async Task Render_WithSourcesThatAreNotThePlans_IsRefused()
    {
        RenderPlan plan = await RenderAsync(Request with { Frames = 9 });
        using DiffusionChunkRenderer renderer = Renderer();

        ChunkResult result = await renderer.RenderAsync(
            Lease(plan, plan.Chunks[^1]) with { SourceBlobs = [] }, new Silent(), CancellationToken.None);

        ChunkResult.Failed failed = Assert.IsType<ChunkResult.Failed>(result);
        Assert.Equal(JobError.InvalidRequest, failed.Error.Code);
        Assert.Contains("goes on from 1 chunks, got 0 blobs", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_WhileItsWeightsAreWrittenTo_IsNotTakenAndTheNextLoadsThemAnew()
    {
        RenderPlan plan = await RenderAsync(Request);
        string weights = Path.Combine(model.Folder, "weights.safetensors");
        byte[] others = await File.ReadAllBytesAsync(weights);
        others[^1] ^= 1;
        using DiffusionChunkRenderer renderer = Renderer();
        Task<ChunkResult> RenderFirstAsync(Action onStep) =>
            renderer.RenderAsync(Lease(plan, plan.Chunks[0]), new Silent(onStep), CancellationToken.None);

        ChunkResult.Rendered first = Assert.IsType<ChunkResult.Rendered>(await RenderFirstAsync(() => { }));
        ChunkResult.Failed failed = Assert.IsType<ChunkResult.Failed>(await RenderFirstAsync(() => File.WriteAllBytes(weights, others)));
        ChunkResult.Rendered second = Assert.IsType<ChunkResult.Rendered>(await RenderFirstAsync(() => { }));

        Assert.Equal((JobError.StorageFailed, true), (failed.Error.Code, failed.Error.Retryable));
        Assert.Contains("its weights were written to", failed.Error.Message, StringComparison.Ordinal);
        Assert.NotEqual(first.WeightsHash, second.WeightsHash);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 3, Seed = 5, ImageBlob = "picture" };

    private DiffusionChunkRenderer Renderer() =>
        new("test", CPU, "cpu", memory: 0, tellsMemory: false, new ModelCatalog([model.Folder]), new DatasetCatalog([]), blobs);

    // Two devices by turns: each finds only some of what it goes on from on itself.
    private async Task<RenderPlan> RenderAsync(RenderRequest request)
    {
        var catalog = new ModelCatalog([model.Folder]);
        _ = await blobs.PutAsync("picture", PngWriter.Write([.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i * 5))], 32, 32));
        RenderPlan plan = RenderPlanner.Plan(
            RenderJobId.New(), request, catalog.Find("tiny")!,
            new PlannerOptions { Threads = 1, StepsPerChunk = 2, FramesPerDecode = 3 }, drawnSeed: 1);
        using DiffusionChunkRenderer one = Renderer(), other = Renderer();
        foreach (Chunk chunk in plan.Chunks)
        {
            ChunkResult result = await (chunk.Index % 3 == 0 ? other : one)
                .RenderAsync(Lease(plan, chunk), new Silent(), CancellationToken.None);
            Assert.True(result is ChunkResult.Rendered, $"{chunk}: {result}");
        }

        return plan;
    }

    private static ChunkLease.Render Lease(RenderPlan plan, Chunk chunk) => new()
    {
        Job = plan.Job,
        Plan = plan,
        Chunk = chunk,
        Epoch = 1,
        SourceBlobs = [.. RenderPlanner.Sources(plan, chunk).Select(source => BlobNames.Output(plan.Job, source, 1))],
        OutputBlob = BlobNames.Output(plan.Job, chunk, 1),
    };

    private async Task<byte[]> ContentAsync(RenderPlan plan, Chunk chunk) =>
        (await blobs.GetAsync(BlobNames.Output(plan.Job, chunk, 1)))!.Content.ToArray();

    private async Task<float[]> LatentsAsync(RenderPlan plan, Chunk chunk, int first, int count)
    {
        byte[] content = await ContentAsync(plan, chunk);
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsReader reader = SafetensorsReader.FromBytes("chunk", content);
        return reader.Read("latents").narrow(2, first, count).contiguous().data<float>().ToArray();
    }

    private async Task<byte[]> FramesAsync(RenderPlan plan)
    {
        var frames = new MemoryStream();
        foreach (Chunk chunk in plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode).OrderBy(chunk => chunk.First))
            frames.Write(await ContentAsync(plan, chunk));
        return frames.ToArray();
    }

    private sealed class Silent(Action? onStep = null) : IChunkProgress
    {
        public void Done(int count) => onStep?.Invoke();

        public void Ending()
        {
        }
    }
}
