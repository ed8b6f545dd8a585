using Amazon.S3;
using Amazon.S3.Model;

namespace Cil.Storage.Tests;

/// <summary>The real SDK against Ceph's gateway.</summary>
[Collection(SharedRadosgw.Name)]
public sealed class S3BlobStoreTests(Radosgw radosgw) : BlobStoreSuite
{
    private const string Bucket = "cil-suite";

    protected override bool SameBytesKeepTheETag => true;

    [Fact]
    public async Task List_OfMoreNamesThanAPage_GivesAllInOrder()
    {
        const int Count = 25;
        using S3BlobStore store = await S3BlobStore.OpenAsync(new S3Location(Bucket, radosgw.Address), radosgw.Keys);
        store.NamesPerPage = 7;
        string[] names = [.. Enumerable.Range(0, Count).Select(number => $"many/{number}").Order(StringComparer.Ordinal)];
        await Parallel.ForEachAsync(
            names, async (name, limit) => _ = await store.PutAsync(name, ReadOnlyMemory<byte>.Empty, cancellationToken: limit));

        var listed = new List<string>();
        await foreach (string name in store.ListAsync("many/")) listed.Add(name);

        Assert.Equal(names, listed);
    }

    [Fact]
    public async Task List_OfABucketWithForeignObjects_LeavesThemOut()
    {
        IBlobStore store = await OpenAsync();
        using var client = new AmazonS3Client(
            radosgw.Keys,
            new AmazonS3Config { ServiceURL = radosgw.Address.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        foreach (string key in new[] { "foreign/a b", "foreign/é", "foreign/folder/" })
        {
            await client.PutObjectAsync(
                new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = "x", UseChunkEncoding = false });
        }

        await store.PutAsync("foreign/ours", ReadOnlyMemory<byte>.Empty);

        var listed = new List<string>();
        await foreach (string name in store.ListAsync("foreign/")) listed.Add(name);

        Assert.Equal(["foreign/ours"], listed);
    }

    [Fact]
    public async Task Get_FromThere_OfAllThatFollows_GivesTheRest()
    {
        IBlobStore store = await OpenAsync();
        await store.PutAsync("rest/digits", "0123456789"u8.ToArray());

        Blob? blob = await store.GetAsync("rest/digits", new BlobRange(7, long.MaxValue));

        Assert.Equal("789"u8.ToArray(), blob!.Content.ToArray());
    }

    [Fact]
    public async Task Open_WithAKeyThatIsNone_SaysWhatTheServiceSays()
    {
        var keys = new Amazon.Runtime.BasicAWSCredentials("nobody", "nothing");

        IOException refused = await Assert.ThrowsAsync<IOException>(
            () => S3BlobStore.OpenAsync(new S3Location(Bucket, radosgw.Address), keys));

        Assert.Equal("cil-suite: the storage service says InvalidAccessKeyId", refused.Message);
    }

    [Fact]
    public async Task Get_FromABucketThatWasRemoved_FailsRatherThanSayingThatThereIsNoBlob()
    {
        const string Removed = "cil-removed";
        using S3BlobStore store = await S3BlobStore.OpenAsync(new S3Location(Removed, radosgw.Address), radosgw.Keys);
        using var client = new AmazonS3Client(
            radosgw.Keys,
            new AmazonS3Config { ServiceURL = radosgw.Address.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        _ = await client.DeleteBucketAsync(Removed);

        IOException refused = await Assert.ThrowsAsync<IOException>(() => store.GetAsync("a"));

        Assert.Equal("a: the storage service says NoSuchBucket", refused.Message);
    }

    protected override async Task<IBlobStore> OpenAsync() =>
        await S3BlobStore.OpenAsync(new S3Location(Bucket, radosgw.Address), radosgw.Keys);
}
