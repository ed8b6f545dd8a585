using Cil.Grains.Blobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Storage;

namespace Cil.Grains.Tests.Blobs;

public sealed class BlobNamesTests
{
    private static readonly RenderJobId Job = new("one");

    [Fact]
    public void Output_OfEachAttempt_HasANameOfItsOwn()
    {
        var chunk = new Chunk(3, ChunkKind.Denoise, 15, 5);

        Assert.Equal("jobs/one/work/0003.1.safetensors", BlobNames.Output(Job, chunk, epoch: 1));
        Assert.Equal("jobs/one/work/0003.2.safetensors", BlobNames.Output(Job, chunk, epoch: 2));
        Assert.Equal("jobs/one/work/0003.2.rgb24", BlobNames.Output(Job, chunk with { Kind = ChunkKind.Decode }, epoch: 2));
    }

    [Fact]
    public void Names_OfAJob_AreNamesUnderItsPrefix() => Assert.All(
        [
            InputNames.Image(Job, [1]), InputNames.Statistics(Job, [1]), BlobNames.Preview(Job),
            BlobNames.Work(Job) + "x", BlobNames.Video(Job, "mp4"), BlobNames.Poster(Job), BlobNames.Provenance(Job),
        ],
        name =>
        {
            Assert.StartsWith(BlobNames.Job(Job), name, StringComparison.Ordinal);
            Assert.Equal(name, BlobName.Check(name));
        });
}
