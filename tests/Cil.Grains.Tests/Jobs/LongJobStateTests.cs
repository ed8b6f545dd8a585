using System.Text;
using System.Text.Json;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Tests.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>What is stored of a job of many chunks does not grow with them, and is the same when it is read.</summary>
public sealed class LongJobStateTests
{
    [Theory]
    [InlineData(WindowMode.Continue, true)]
    [InlineData(WindowMode.Continue, false)]
    [InlineData(WindowMode.Overlap, true)]
    [InlineData(WindowMode.Overlap, false)]
    public void State_OfManyChunks_IsAsShortAsOfAFewAndReadAsItWas(WindowMode joining, bool split)
    {
        (int few, int many) = (Written(State(joining, split, steps: 100)), Written(State(joining, split, steps: 1000)));
        Assert.InRange(many, 1, few + 500);
    }

    [Fact]
    public void State_WhereWorkersDifferAndChunksFailed_IsReadAsItWas()
    {
        RenderJobState state = State(WindowMode.Continue, split: false, steps: 900);
        for (int chunk = 400; chunk < 500; chunk++)
            state.Chunks[chunk] = new ChunkState { Epoch = chunk % 3, Worker = $"silo/{chunk % 2}" };
        (state.Chunks[7].Failures, state.Chunks[7].Losses, state.Chunks[8].OutOfMemory) = (2, 1, 1);
        state.Chunks[9].OutputBlob = "jobs/another/0009.x"; // a name of no rule
        _ = Written(state);
    }

    [Fact]
    public void State_OfFewChunks_IsWhatVersionsBeforeRead()
    {
        string json = JsonSerializer.Serialize(Sample.State());
        Assert.DoesNotContain("\"Times\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Runs\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"Epoch":1,"Times":2000000}]""")]
    [InlineData("""[{"Epoch":1,"Times":-1}]""")]
    public void Chunks_MoreThanThereCanBe_AreRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RenderJobState>($$"""{"Chunks":{{json}}}"""));

    [Theory]
    [InlineData("""{"Plan":null,"Runs":[]}""")]
    [InlineData("""{"Runs":[{"Times":2000000,"Chunks":[]}]}""")]
    public void Plan_ThatIsNone_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RenderJobState>($$"""{"Plan":{{json}}}"""));

    // Bytes that are written, after what is read of them was compared.
    private static int Written(RenderJobState state)
    {
        string json = JsonSerializer.Serialize(state);
        RenderJobState read = JsonSerializer.Deserialize<RenderJobState>(json)!;
        Assert.Equal(state.Plan!.Chunks, read.Plan!.Chunks);
        Assert.Equal(state.Plan with { Chunks = [], Windows = [] }, read.Plan with { Chunks = [], Windows = [] });
        Assert.Equal(state.Plan.Windows, read.Plan.Windows);
        Assert.Equal(state.Chunks.Select(Facts), read.Chunks.Select(Facts));
        Assert.Equal(json, JsonSerializer.Serialize(read));
        Assert.Null(((IDamageable)read).Inconsistency());
        return Encoding.UTF8.GetByteCount(json);
    }

    // Of a chunk that is done, its worker is not kept.
    private static (long, int, string?, string?, int, int) Facts(ChunkState state) => (
        state.Epoch, state.Failures, state.OutputBlob is null ? state.Worker : null, state.OutputBlob, state.OutOfMemory, state.Losses);

    // The first half rendered, by workers in turn.
    private static RenderJobState State(WindowMode joining, bool split, int steps)
    {
        FrameWindow[] windows = [.. Enumerable.Range(0, 5).Select(window => new FrameWindow(window * 12, 16))];
        var id = new RenderJobId("one");
        RenderPlan plan = RenderPlanner.Plan(id, Sample.Request, FakeCatalog.Tiny, Sample.Options, drawnSeed: 1) with
        {
            Windows = windows,
            Joining = joining,
            Steps = steps,
            Chunks = ChunkLayout.Cut(windows, joining, split, steps, stepsPerChunk: 1, framesPerDecode: 4),
        };
        RenderJobState state = Sample.State();
        state.Plan = plan;
        state.Chunks = [.. plan.Chunks.Select(chunk => new ChunkState
        {
            Epoch = chunk.Index < plan.Chunks.Count / 2 ? 1 : 0,
            Worker = chunk.Index < plan.Chunks.Count / 2 ? $"silo/{chunk.Index % 3}" : null,
            OutputBlob = chunk.Index < plan.Chunks.Count / 2 ? BlobNames.Output(id, chunk, 1) : null,
        })];
        return state;
    }
}
