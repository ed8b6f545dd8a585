namespace Cil.Storage.Tests;

public sealed class BlobStreamTests : IDisposable
{
    private const string Name = "jobs/a/video.mp4";

    private readonly string folder = Directory.CreateTempSubdirectory("cil-stream-").FullName;
    private readonly FileBlobStore blobs;

    public BlobStreamTests() => blobs = new FileBlobStore(folder);

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData((1 << 20) - 1)]
    [InlineData((5 << 19) + 3)]
    public async Task Blob_OfSeveralPieces_IsReadWhole(int length)
    {
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        await using BlobStream stream = await OpenAsync(content);
        using var copy = new MemoryStream();

        await stream.CopyToAsync(copy);

        Assert.Equal(length, stream.Length);
        Assert.Equal(content, copy.ToArray());
    }

    [Fact]
    public async Task Seek_ForwardsAndBackwards_GivesWhatIsThere()
    {
        byte[] content = [.. Enumerable.Range(0, 3 << 20).Select(i => (byte)(i * 7 >> 3))];
        await using BlobStream stream = await OpenAsync(content);
        byte[] read = new byte[1000];

        foreach (int from in new[] { 2_500_000, 10, 1_048_000, 3_145_000 })
        {
            _ = stream.Seek(from, SeekOrigin.Begin);
            int count = await stream.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false);
            Assert.Equal(content.AsSpan(from, Math.Min(read.Length, content.Length - from)), read.AsSpan(0, count));
        }
    }

    [Fact]
    public async Task Blob_ThatIsReplacedOrDeletedMeanwhile_IsNotMixed()
    {
        await using BlobStream stream = await OpenAsync(new byte[2 << 20]);
        byte[] read = new byte[1 << 20];
        await stream.ReadExactlyAsync(read);

        _ = await blobs.PutAsync(Name, new byte[2 << 20]);
        Assert.Equal(
            $"{Name}: replaced while it was read",
            (await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(read))).Message);
        _ = await blobs.DeleteAsync(Name);
        Assert.Equal(
            $"{Name}: deleted while it was read",
            (await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(read))).Message);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<BlobStream> OpenAsync(byte[] content)
    {
        _ = await blobs.PutAsync(Name, content);
        return new BlobStream(blobs, Name, (await blobs.GetAsync(Name, new BlobRange(0, 0)))!);
    }
}
